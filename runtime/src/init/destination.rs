//! Where a signal goes: `OTEL_TRACES_EXPORTER` and `OTEL_LOGS_EXPORTER`.

use super::environment::{self, Variable};
use super::error::InitError;
use super::signal::Signal;

/// Where something can go.
#[derive(Clone, Copy)]
pub(super) enum Destination {
    #[cfg(feature = "otlp")]
    Otlp,
    Console,
    Nowhere,
}

const DESTINATIONS: &[(&str, Destination)] = &[
    #[cfg(feature = "otlp")]
    ("otlp", Destination::Otlp),
    ("console", Destination::Console),
    ("none", Destination::Nowhere),
];

/// The variables that decide it.
struct Variables {
    exporter: &'static str,
    endpoints: [&'static str; 2],
    /// Where it goes if none of them is set.
    otherwise: Destination,
}

const TRACES: Variables = Variables {
    exporter: "OTEL_TRACES_EXPORTER",
    endpoints: [
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
    ],
    otherwise: Destination::Console,
};

/// Without a collector there are the log lines on standard error, which a console exporter would only repeat.
#[cfg(feature = "logs")]
const LOGS: Variables = Variables {
    exporter: "OTEL_LOGS_EXPORTER",
    endpoints: [
        "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
    ],
    otherwise: Destination::Nowhere,
};

impl Destination {
    pub(super) fn of(signal: Signal) -> Result<Destination, InitError> {
        if environment::flag(&["OTEL_SDK_DISABLED"])? {
            return Ok(Destination::Nowhere);
        }
        let variables = match signal {
            Signal::Traces => TRACES,
            #[cfg(feature = "logs")]
            Signal::Logs => LOGS,
        };
        if let Some(chosen) = environment::choice(&[variables.exporter], DESTINATIONS)? {
            return Ok(chosen);
        }
        match Variable::find(&variables.endpoints)? {
            None => Ok(variables.otherwise),
            #[cfg(feature = "otlp")]
            Some(_) => Ok(Destination::Otlp),
            #[cfg(not(feature = "otlp"))]
            Some(endpoint) => Err(endpoint.not(format!(
                "`console` or `none` in {}, turn the feature `otlp` of `traced` on",
                variables.exporter
            ))),
        }
    }
}
