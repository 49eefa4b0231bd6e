//! `OTEL_PROPAGATORS`: how the context travels between processes.

use opentelemetry::global;
use opentelemetry::propagation::{TextMapCompositePropagator, TextMapPropagator};
use opentelemetry_sdk::propagation::{BaggagePropagator, TraceContextPropagator};

use super::environment::Variable;
use super::error::InitError;

type Make = fn() -> Option<Box<dyn TextMapPropagator + Send + Sync>>;

const PROPAGATORS: &[(&str, Make)] = &[
    ("tracecontext", || {
        Some(Box::new(TraceContextPropagator::new()))
    }),
    ("baggage", || Some(Box::new(BaggagePropagator::new()))),
    ("b3", || None),
    ("b3multi", || None),
    ("jaeger", || None),
    ("none", || None),
];

/// The propagators that the environment chooses, `tracecontext,baggage` if it says nothing.
pub(super) struct Propagators(Vec<Make>);

impl Propagators {
    pub(super) fn from_environment() -> Result<Propagators, InitError> {
        let chosen = match Variable::find(&["OTEL_PROPAGATORS"])? {
            Some(variable) => variable.choose_all(PROPAGATORS)?,
            None => PROPAGATORS[..2].iter().map(|row| row.1).collect(),
        };
        Ok(Propagators(chosen))
    }

    pub(super) fn install(self) {
        let made = self.0.iter().filter_map(|make| make()).collect();
        global::set_text_map_propagator(TextMapCompositePropagator::new(made));
    }
}
