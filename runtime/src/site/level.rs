//! The level of a traced function, for the filter.

use std::str::FromStr;

/// The importance of a traced function, set by its option `level`. The default is `Info`.
///
/// These are the five levels of `tracing` and `log`. There will be no others, so this enum is not
/// `#[non_exhaustive]`.
///
/// # Example
///
/// ```
/// use traced::Level;
///
/// assert!(Level::Error < Level::Info && Level::Info < Level::Trace);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The most important level.
    Error,
    /// More important than the default.
    Warn,
    /// The default.
    Info,
    /// Less important than the default.
    Debug,
    /// The least important level.
    Trace,
}

/// The levels that a directive lets through: none, or all up to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UpTo(Option<Level>);

impl UpTo {
    pub(crate) const INFO: UpTo = UpTo(Some(Level::Info));
    pub(crate) const ALL: UpTo = UpTo(Some(Level::Trace));

    pub(crate) fn lets_through(self, level: Level) -> bool {
        self.0.is_some_and(|most| level <= most)
    }
}

impl FromStr for UpTo {
    type Err = ();

    fn from_str(word: &str) -> Result<UpTo, ()> {
        let level = match word.to_ascii_lowercase().as_str() {
            "off" => None,
            "error" => Some(Level::Error),
            "warn" => Some(Level::Warn),
            "info" => Some(Level::Info),
            "debug" => Some(Level::Debug),
            "trace" => Some(Level::Trace),
            _ => return Err(()),
        };
        Ok(UpTo(level))
    }
}
