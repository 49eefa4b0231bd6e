//! What can be wrong with the configuration.

use std::error::Error;
use std::fmt;

/// A variable whose value is not valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InitError {
    variable: &'static str,
    value: String,
    accepted: &'static str,
}

impl InitError {
    pub(super) fn new(variable: &'static str, value: String, accepted: &'static str) -> InitError {
        InitError {
            variable,
            value,
            accepted,
        }
    }
}

impl fmt::Display for InitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let InitError {
            variable,
            value,
            accepted,
        } = self;
        write!(f, "{variable} is {value:?}: write {accepted}, or unset it")
    }
}

impl Error for InitError {}
