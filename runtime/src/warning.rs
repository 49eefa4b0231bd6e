//! Writes warnings to standard error, since an application may have no other log.

use std::fmt;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::escape::Escaped;

/// A warning that is given only once until its cause has ended.
#[derive(Debug, Default)]
pub(crate) struct Warning {
    is_said: AtomicBool,
}

impl Warning {
    #[cfg(feature = "init")]
    pub(crate) const fn new() -> Warning {
        Warning {
            is_said: AtomicBool::new(false),
        }
    }

    /// Writes the warning to standard error, unless it has been given already.
    pub(crate) fn say(&self, what: fmt::Arguments<'_>) {
        if !self.is_said.swap(true, Ordering::Relaxed) {
            warn(what);
        }
    }

    /// Returns `true` if the warning was given and its cause has not ended.
    pub(crate) fn is_said(&self) -> bool {
        self.is_said.load(Ordering::Relaxed)
    }

    /// Notes that the cause has ended, so that the warning is given again the next time.
    pub(crate) fn end(&self) {
        self.is_said.store(false, Ordering::Relaxed);
    }
}

/// Writes one line to standard error, with terminal control characters escaped.
pub(crate) fn warn(what: fmt::Arguments<'_>) {
    let line = format!("traced: {}\n", Escaped(what));
    // A closed standard error is not a reason to fail. The line is written in one piece, so that
    // the lines of several threads are not mixed.
    let _ = io::stderr().write_all(line.as_bytes());
}

/// Cuts foreign text, such as a server's response, after 300 characters.
pub(crate) fn short(text: &str) -> String {
    const LONGEST: usize = 300;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Returns a count with its noun, such as `1 span` or `2 spans`.
pub(crate) fn counted(count: u64, one: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {one}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_servers_text_is_cut_between_characters() {
        let text = "ü".repeat(5_000);
        assert_eq!(short(&text).chars().count(), 301);
        assert_eq!(short("short"), "short");
    }
}
