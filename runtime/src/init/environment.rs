//! Variables of the environment, and what is wrong with them.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::error::InitError;

/// What is accepted where [`pairs`] is used.
pub(super) const PAIRS: &str = "`key=value` pairs, separated by commas, the values percent-encoded";

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
            let value = value.map_err(|value| {
                InitError::variable(name, value.to_string_lossy(), "text in UTF-8")
            })?;
            if !value.trim().is_empty() {
                let value = value.trim().to_owned();
                return Ok(Some(Variable { name, value }));
            }
        }
        Ok(None)
    }

    pub(super) fn not(&self, accepted: impl Into<Cow<'static, str>>) -> InitError {
        InitError::variable(self.name, &*self.value, accepted)
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
pub(super) fn choice<T: Copy>(
    names: &[&'static str],
    table: &[(&str, T)],
) -> Result<Option<T>, InitError> {
    let variable = Variable::find(names)?;
    variable.map(|variable| variable.choose(table)).transpose()
}

/// `true` or `false`; unset is false.
pub(super) fn flag(names: &[&'static str]) -> Result<bool, InitError> {
    let value = choice(names, &[("true", true), ("false", false)])?;
    Ok(value.unwrap_or(false))
}

/// The pairs of a list in the form of `OTEL_RESOURCE_ATTRIBUTES`; what does not parse is an error, without its value.
pub(super) fn pairs(list: &str) -> Result<Vec<(String, String)>, String> {
    let members = list.split(',').map(str::trim);
    let members = members.filter(|member| !member.is_empty());
    members
        .map(|member| pair(member).ok_or_else(|| without_value(member)))
        .collect()
}

fn pair(member: &str) -> Option<(String, String)> {
    let (key, value) = member.split_once('=')?;
    let value = percent_decode_str(value.trim()).decode_utf8().ok()?;
    let key = key.trim();
    (!key.is_empty()).then(|| (key.to_owned(), value.into_owned()))
}

fn without_value(member: &str) -> String {
    match member.split_once('=') {
        Some((key, _)) => format!("{key}=…"),
        None => member.to_owned(),
    }
}

/// `a`, `b` or `c`, in backticks.
fn one_of<T>(table: &[(&str, T)]) -> String {
    let names: Vec<String> = table.iter().map(|row| format!("`{}`", row.0)).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => names.concat(),
    }
}
