//! Carriers for the environment of processes: `TRACEPARENT`, `TRACESTATE`, `BAGGAGE`.

use std::env;
use std::process::Command;

use opentelemetry::Context;

use super::super::headers::{Headers, UNREADABLE, take_up};
use super::super::{CarrierMut, choice};
use crate::carrier::Carrier;

/// A context is written to the environment of the process that the command starts.
///
/// # Example
///
/// ```no_run
/// use std::process::Command;
///
/// #[traced::traced]
/// fn import() -> std::io::Result<()> {
///     let mut command = Command::new("importer");
///     traced::propagation::inject(&mut command);
///     command.status().map(drop)
/// }
/// # import();
/// ```
impl CarrierMut for Command {
    fn set(&mut self, name: &str, value: String) {
        self.env(variable(name), value);
    }

    fn remove(&mut self, name: &str) {
        self.env_remove(variable(name));
    }
}

/// The environment of this process, with the context that its parent process passed on, by
/// OpenTelemetry's [environment variables as
/// carriers](https://opentelemetry.io/docs/specs/otel/context/env-carriers/).
///
/// # Example
///
/// ```
/// use traced::propagation::Environment;
/// use traced::traced;
///
/// #[traced(parent = Environment)]
/// fn main() {}
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Environment;

impl Carrier for Environment {
    fn context(&self, current: &Context) -> Option<Context> {
        let propagator = choice::propagator();
        let variables = propagator.fields().filter_map(|name| {
            let value = env::var_os(variable(name))?;
            let value = value
                .into_string()
                .unwrap_or_else(|_| UNREADABLE.to_owned());
            Some((name.to_owned(), value))
        });
        Some(take_up(&Variables(variables.collect()), current))
    }
}

struct Variables(Vec<(String, String)>);

impl Headers for Variables {
    fn lines<'h>(&'h self, name: &str) -> impl Iterator<Item = &'h str> {
        let named = self
            .0
            .iter()
            .filter(move |(key, _)| key.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str())
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }
}

/// Returns the name of a variable: the header's name in upper case, with `_` for everything that is
/// neither a letter nor a digit.
fn variable(name: &str) -> String {
    let to_variable = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_uppercase()
        } else {
            '_'
        }
    };
    name.chars().map(to_variable).collect()
}
