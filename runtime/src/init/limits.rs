//! Reads the limits on what a span may hold.

use super::environment;
use super::error::InitError;
use crate::sdk::Limits;

/// Returns the limits that the environment sets, and the default for each of the others.
pub(super) fn from_environment() -> Result<Limits, InitError> {
    let count = |variables: &[_]| {
        environment::read(variables, "a whole number", |value| value.parse().ok())
    };
    let length = |variables: &[_]| {
        let accepted = "a whole number of characters";
        environment::read(variables, accepted, |value| value.parse().ok())
    };
    Limits::read(count, length)
}
