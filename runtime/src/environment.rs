//! Reads numbers from environment variables.

use std::env;
use std::str::FromStr;

/// Returns the number in the first of these variables that holds one, or `None`. A variable that
/// does not hold a number counts as unset.
pub(crate) fn number<T: FromStr>(variables: &[&str]) -> Option<T> {
    variables
        .iter()
        .find_map(|variable| env::var(variable).ok()?.trim().parse().ok())
}
