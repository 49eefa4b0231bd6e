//! Reads environment variables, and reports what is wrong with them.
//!
//! [`Variable::find`] returns the first of some variables that is set. [`read`] parses its value,
//! [`flag`] reads it as a boolean, [`pairs`] as a list of pairs, and `choice` as the name of a
//! table's row.
//!
//! # Secrets
//!
//! The errors of [`read`], `choice`, [`Variable::choose`] and [`Variable::not`], and the warnings
//! of [`Variable::warn`] and [`flag`], show the value. If it may be a secret, take it from
//! [`Variable::find`] and return the error of `Variable::rejected` or [`pairs`], which do not show
//! it. `choice` and `rejected` exist only with the feature `otlp`, since nothing else needs them so
//! far.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use percent_encoding::percent_decode_str;

use super::error::InitError;
use crate::warning::warn;

/// A description of what [`pairs`] accepts, for errors.
const PAIRS: &str = "`key=value` pairs with percent-encoded values, separated by commas";

/// A variable that is set. An empty one counts as unset, as OpenTelemetry's specification requires.
pub(super) struct Variable {
    pub(super) name: &'static str,
    pub(super) value: String,
    /// `true` for the argument of a method, which is treated like a variable.
    is_argument: bool,
}

impl Variable {
    /// Returns the first of these variables that is set, or `None`. A value that is not UTF-8 is an
    /// error.
    pub(super) fn find(names: &[&'static str]) -> Result<Option<Variable>, InitError> {
        for name in names {
            let value = std::env::var_os(name).unwrap_or_default().into_string();
            let value =
                value.map_err(|_| InitError::setting(name, "is not valid", "text in UTF-8"))?;
            if !value.trim().is_empty() {
                return Ok(Some(Variable::set(name, &value)));
            }
        }
        Ok(None)
    }

    /// Returns a variable that is set to this value.
    pub(super) fn set(name: &'static str, value: &str) -> Variable {
        Variable {
            name,
            value: value.trim().to_owned(),
            is_argument: false,
        }
    }

    /// Returns the argument that the program passed to the method with this name.
    #[cfg(feature = "otlp")]
    pub(super) fn given(name: &'static str, value: &str) -> Variable {
        Variable {
            name,
            value: value.trim().to_owned(),
            is_argument: true,
        }
    }

    /// Returns the error for a value that is not accepted. It shows the value, so it is not for
    /// variables that may hold a secret.
    pub(super) fn not(&self, accepted: impl Into<Cow<'static, str>>) -> InitError {
        self.error(self.shown(), accepted)
    }

    /// Returns the error for a value that is not accepted, without showing the value.
    #[cfg(feature = "otlp")]
    pub(super) fn rejected(&self, accepted: impl Into<Cow<'static, str>>) -> InitError {
        self.error("is not valid", accepted)
    }

    fn error(
        &self,
        problem: impl Into<String>,
        accepted: impl Into<Cow<'static, str>>,
    ) -> InitError {
        if self.is_argument {
            InitError::argument(self.name, problem, accepted)
        } else {
            InitError::setting(self.name, problem, accepted)
        }
    }

    /// Warns, once for each variable, about a value that is ignored or replaced.
    pub(super) fn warn(&self, what: fmt::Arguments<'_>) {
        static NAMED: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
        let mut named = NAMED.lock().unwrap_or_else(PoisonError::into_inner);
        if named.insert(self.name) {
            warn(format_args!("{} {}: {what}", self.name, self.shown()));
        }
    }

    fn shown(&self) -> String {
        format!("is {:?}", self.value)
    }

    /// Returns the entry of `table` that the value names, without regard to case. A value that
    /// names none is an error.
    pub(super) fn choose<T: Copy>(&self, table: &[(&str, T)]) -> Result<T, InitError> {
        let found = table
            .iter()
            .find(|row| row.0.eq_ignore_ascii_case(&self.value));
        found
            .map(|row| row.1)
            .ok_or_else(|| self.not(one_of(table)))
    }
}

/// Parses the first of these variables that is set. Returns `None` if none is set, and an error
/// that says what is `accepted` if `parse` returns `None`.
pub(super) fn read<T>(
    names: &[&'static str],
    accepted: &'static str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, InitError> {
    let Some(variable) = Variable::find(names)? else {
        return Ok(None);
    };
    let parsed = parse(&variable.value).ok_or_else(|| variable.not(accepted))?;
    Ok(Some(parsed))
}

/// Returns the entry of `table` that is named by the first of these variables that is set, or
/// `None` if none is set.
#[cfg(feature = "otlp")]
pub(super) fn choice<T: Copy>(
    names: &[&'static str],
    table: &[(&str, T)],
) -> Result<Option<T>, InitError> {
    let variable = Variable::find(names)?;
    variable.map(|variable| variable.choose(table)).transpose()
}

/// Returns `true` if the first of these variables that is set is `true`, without regard to case. A
/// value that is neither `true` nor `false` counts as `false`, with a warning, as OpenTelemetry's
/// specification requires for all booleans.
pub(super) fn flag(names: &[&'static str]) -> Result<bool, InitError> {
    let Some(variable) = Variable::find(names)? else {
        return Ok(false);
    };
    let is_true = variable.value.eq_ignore_ascii_case("true");
    if !is_true && !variable.value.eq_ignore_ascii_case("false") {
        variable.warn(format_args!(
            "treating it as `false`, expected `true` or `false`"
        ));
    }
    Ok(is_true)
}

/// Parses a list of pairs in the form of `OTEL_RESOURCE_ATTRIBUTES`. Each pair must pass
/// `is_valid`.
///
/// The error says where the list is wrong, and shows nothing that may be a secret. It only shows
/// the first key, since what follows a comma may be the rest of a value.
pub(super) fn pairs(
    variable: &Variable,
    is_valid: impl Fn(&str, &str) -> bool,
) -> Result<Vec<(String, String)>, InitError> {
    let members = variable.value.split(',').map(str::trim);
    let members = members.filter(|member| !member.is_empty());
    let mut pairs: Vec<(String, String)> = Vec::new();
    for member in members {
        match pair(member).filter(|(key, value)| is_valid(key, value)) {
            Some(pair) => pairs.push(pair),
            None => return Err(bad_pair(variable, member, pairs.first())),
        }
    }
    Ok(pairs)
}

fn pair(member: &str) -> Option<(String, String)> {
    let (key, value) = member.split_once('=')?;
    let (key, value) = (key.trim(), decoded(value.trim())?);
    (!key.is_empty()).then(|| (key.to_owned(), value))
}

/// Decodes percent-encoded text. A `%` that is not followed by two hexadecimal digits stays, as in
/// baggage. Returns `None` if the result is not UTF-8.
pub(super) fn decoded(text: &str) -> Option<String> {
    let text = percent_decode_str(text).decode_utf8().ok()?;
    Some(text.into_owned())
}

fn bad_pair(variable: &Variable, member: &str, first: Option<&(String, String)>) -> InitError {
    let is_name = |key: &&str| {
        let is_part = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        !key.is_empty() && key.chars().all(is_part)
    };
    let key = member.split_once('=').map(|(key, _)| key.trim());
    let place = match (first, key.filter(is_name)) {
        (Some((first, _)), _) => format!("is not valid after the pair for `{first}`"),
        (None, Some(key)) => format!("has no valid value for `{key}`"),
        (None, None) => "does not begin with a valid pair".to_owned(),
    };
    InitError::setting(variable.name, place, PAIRS)
}

/// Returns the names as `a`, `b` or `c`, in backticks.
pub(super) fn one_of<T>(table: &[(&str, T)]) -> String {
    let names: Vec<String> = table.iter().map(|row| format!("`{}`", row.0)).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => names.concat(),
    }
}
