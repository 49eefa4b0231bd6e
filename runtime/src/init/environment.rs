//! Variables of the environment, and what is wrong with them.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use percent_encoding::percent_decode_str;

use super::error::InitError;
use crate::warning::warn;

/// What is accepted where [`pairs`] is used.
const PAIRS: &str = "`key=value` pairs, separated by commas, the values percent-encoded";

/// A variable that is set; an empty one counts as unset, as the specification of OpenTelemetry's variables asks.
pub(super) struct Variable {
    pub(super) name: &'static str,
    pub(super) value: String,
}

impl Variable {
    /// The first of these that is set.
    pub(super) fn find(names: &[&'static str]) -> Result<Option<Variable>, InitError> {
        for name in names {
            let value = std::env::var_os(name).unwrap_or_default().into_string();
            let value =
                value.map_err(|_| InitError::setting(name, "is not valid", "text in UTF-8"))?;
            if !value.trim().is_empty() {
                let value = value.trim().to_owned();
                return Ok(Some(Variable { name, value }));
            }
        }
        Ok(None)
    }

    /// What the program itself says, by a method of this name.
    #[cfg(feature = "otlp")]
    pub(super) fn given(name: &'static str, value: &str) -> Variable {
        let value = value.trim().to_owned();
        Variable { name, value }
    }

    /// Its value is none of what is accepted. The value is shown: not for variables that may hold a secret.
    pub(super) fn not(&self, accepted: impl Into<Cow<'static, str>>) -> InitError {
        InitError::setting(self.name, self.shown(), accepted)
    }

    /// Likewise, and the value may be a secret.
    #[cfg(feature = "otlp")]
    pub(super) fn rejected(&self, accepted: impl Into<Cow<'static, str>>) -> InitError {
        InitError::setting(self.name, "is not valid", accepted)
    }

    /// Says once what becomes of a value that is not taken as it is.
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

    /// The entry of `table` whose name is the value, in any case of letters.
    pub(super) fn choose<T: Copy>(&self, table: &[(&str, T)]) -> Result<T, InitError> {
        let found = table
            .iter()
            .find(|row| row.0.eq_ignore_ascii_case(&self.value));
        found
            .map(|row| row.1)
            .ok_or_else(|| self.not(one_of(table)))
    }
}

/// What `parse` makes of the first of these variables that is set.
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

/// What the table has for the first of these variables that is set.
#[cfg(feature = "otlp")]
pub(super) fn choice<T: Copy>(
    names: &[&'static str],
    table: &[(&str, T)],
) -> Result<Option<T>, InitError> {
    let variable = Variable::find(names)?;
    variable.map(|variable| variable.choose(table)).transpose()
}

/// Whether it is `true`, in any case of letters. Whatever else there is counts as `false`, with a warning, as OpenTelemetry's
/// specification asks of all booleans.
pub(super) fn flag(names: &[&'static str]) -> Result<bool, InitError> {
    let Some(variable) = Variable::find(names)? else {
        return Ok(false);
    };
    let is_true = variable.value.eq_ignore_ascii_case("true");
    if !is_true && !variable.value.eq_ignore_ascii_case("false") {
        variable.warn(format_args!("it counts as `false`, only `true` is true"));
    }
    Ok(is_true)
}

/// The pairs of a list in the form of `OTEL_RESOURCE_ATTRIBUTES`, as far as `is_valid` takes them.
///
/// An error says where the list is wrong, and shows nothing that may be a secret: of all keys only the first, since what stands behind
/// a comma may be the rest of a value.
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

/// Decodes percent-encoded text; a `%` that is not followed by two digits stays, as it does in baggage.
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
        (Some((first, _)), _) => format!("is not valid behind the pair of `{first}`"),
        (None, Some(key)) => format!("has no valid value for `{key}`"),
        (None, None) => "does not begin with a valid pair".to_owned(),
    };
    InitError::setting(variable.name, place, PAIRS)
}

/// `a`, `b` or `c`, in backticks.
pub(super) fn one_of<T>(table: &[(&str, T)]) -> String {
    let names: Vec<String> = table.iter().map(|row| format!("`{}`", row.0)).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => names.concat(),
    }
}
