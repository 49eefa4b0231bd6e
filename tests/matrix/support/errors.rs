//! Errors of each kind that `#[traced]` tells apart.

use std::error::Error;
use std::fmt;

/// The alias that crates have.
pub type Outcome<T> = Result<T, Failure>;

/// An `Error` with a source.
#[derive(Debug)]
pub struct Failure(Cause);

/// Its source.
#[derive(Debug)]
pub struct Cause;

/// An error that only implements `Debug`.
#[derive(Debug)]
pub struct OnlyDebug;

/// An error that implements nothing.
pub struct Nothing;

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("failed")
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the cause")
    }
}

impl Error for Cause {}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

impl From<&str> for Failure {
    fn from(_: &str) -> Failure {
        failure()
    }
}

impl From<&str> for OnlyDebug {
    fn from(_: &str) -> OnlyDebug {
        OnlyDebug
    }
}

impl From<&str> for Nothing {
    fn from(_: &str) -> Nothing {
        Nothing
    }
}

/// A value of that type.
#[must_use]
pub fn failure() -> Failure {
    Failure(Cause)
}

/// A value of that type.
#[must_use]
pub fn only_debug() -> OnlyDebug {
    OnlyDebug
}

/// A value of that type.
#[must_use]
pub fn nothing() -> Nothing {
    Nothing
}

/// A text.
#[must_use]
pub fn text() -> String {
    "failed".to_owned()
}

/// A boxed `Failure`.
#[must_use]
pub fn boxed() -> Box<dyn Error + Send + Sync> {
    failure().into()
}

/// An error of the standard library.
#[must_use]
pub fn io() -> std::io::Error {
    std::io::Error::other("failed")
}

/// Returns an error that does not implement `Error`.
#[must_use]
pub fn dynamic() -> anyhow::Error {
    anyhow::anyhow!("failed")
}

/// Fails with an error of any type if `fail` is `true`.
///
/// # Errors
///
/// Returns the error if `fail` is `true`.
pub fn attempt<E>(fail: bool, error: E) -> Result<u64, E> {
    if fail { Err(error) } else { Ok(7) }
}
