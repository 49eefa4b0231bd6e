//! Chooses where a signal goes, by `OTEL_TRACES_EXPORTER` and `OTEL_LOGS_EXPORTER`.

use super::environment::{self, Variable, one_of};
use super::error::InitError;
use super::signal::Signal;

/// A place that a signal can go to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Destination {
    #[cfg(feature = "otlp")]
    Otlp,
    Console,
}

/// The places, by name. `None` means nowhere.
const DESTINATIONS: &[(&str, Option<Destination>)] = &[
    #[cfg(feature = "otlp")]
    ("otlp", Some(Destination::Otlp)),
    ("console", Some(Destination::Console)),
    ("none", None),
];

/// The variables that choose where a signal goes.
struct Variables {
    exporter: &'static str,
    endpoints: [&'static str; 2],
    /// The place that the signal goes to if none of these variables is set.
    otherwise: Option<Destination>,
}

const TRACES: Variables = Variables {
    exporter: "OTEL_TRACES_EXPORTER",
    endpoints: [
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
    ],
    otherwise: Some(Destination::Console),
};

/// The variables for logs. Without a collector, log lines go to standard error, and a console
/// exporter would only repeat them.
#[cfg(feature = "logs")]
const LOGS: Variables = Variables {
    exporter: "OTEL_LOGS_EXPORTER",
    endpoints: [
        "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
    ],
    otherwise: None,
};

impl Destination {
    /// Returns all places that a signal goes to, or an empty list if it goes nowhere.
    /// `has_endpoint` is `true` if the program has set the endpoint of a collector.
    pub(super) fn of(signal: Signal, has_endpoint: bool) -> Result<Vec<Destination>, InitError> {
        if is_disabled()? {
            return Ok(Vec::new());
        }
        let variables = match signal {
            Signal::Traces => TRACES,
            #[cfg(feature = "logs")]
            Signal::Logs => LOGS,
        };
        if let Some(chosen) = Variable::find(&[variables.exporter])? {
            return listed(&chosen);
        }
        #[cfg(feature = "otlp")]
        if has_endpoint || Variable::find(&variables.endpoints)?.is_some() {
            return Ok(vec![Destination::Otlp]);
        }
        #[cfg(not(feature = "otlp"))]
        if let Some(endpoint) = Variable::find(&variables.endpoints)? {
            let _ = has_endpoint;
            let name = variables.exporter;
            let accepted = format!("`console` or `none` in {name}, {TURN_ON}");
            return Err(InitError::setting(
                endpoint.name,
                "names a collector",
                accepted,
            ));
        }
        Ok(variables.otherwise.into_iter().collect())
    }
}

/// Returns `true` if `OTEL_SDK_DISABLED` switches all signals off.
pub(super) fn is_disabled() -> Result<bool, InitError> {
    environment::flag(&["OTEL_SDK_DISABLED"])
}

/// Returns the known places of a list, each once. Unknown names may be meant for other programs
/// that share the variable, so they are ignored, with a warning, if the list names a place as well.
/// Otherwise they are an error.
fn listed(variable: &Variable) -> Result<Vec<Destination>, InitError> {
    let names = variable.value.split(',').map(str::trim);
    let mut known = Vec::new();
    let mut unknown = Vec::new();
    for name in names.filter(|name| !name.is_empty()) {
        let row = DESTINATIONS
            .iter()
            .find(|row| row.0.eq_ignore_ascii_case(name));
        match row {
            Some((_, place)) if !known.contains(place) => known.push(*place),
            Some(_) => {}
            None => unknown.push(name),
        }
    }
    let is_nowhere = known.iter().all(Option::is_none);
    if known.is_empty() || (is_nowhere && !unknown.is_empty()) {
        return Err(variable.not(accepted(&unknown)));
    }
    if !unknown.is_empty() {
        let unknown = unknown.join(", ");
        variable.warn(format_args!("ignoring {unknown:?}, which is not supported"));
    }
    Ok(known.into_iter().flatten().collect())
}

#[cfg(not(feature = "otlp"))]
const TURN_ON: &str = "turn the feature `otlp` of `traced` on";

#[cfg_attr(
    feature = "otlp",
    expect(unused_variables, reason = "it is known then")
)]
fn accepted(unknown: &[&str]) -> String {
    let places = one_of(DESTINATIONS);
    #[cfg(not(feature = "otlp"))]
    if unknown.iter().any(|name| name.eq_ignore_ascii_case("otlp")) {
        return format!("{places}, {TURN_ON}");
    }
    format!("{places}, or a list of these")
}

#[cfg(all(test, not(feature = "otlp")))]
mod tests {
    use super::*;

    #[test]
    fn without_the_feature_otlp_the_error_says_to_turn_it_on() {
        let variable = Variable::set(TRACES.exporter, "otlp");
        let error = listed(&variable).err().map(|error| error.to_string());
        assert_eq!(
            error.as_deref(),
            Some(
                r#"OTEL_TRACES_EXPORTER is "otlp": write `console` or `none`, turn the feature `otlp` of `traced` on, or unset it"#
            )
        );
    }
}
