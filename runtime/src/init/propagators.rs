//! `OTEL_PROPAGATORS`: how the context travels between processes.

use opentelemetry::propagation::TextMapCompositePropagator;

use super::environment::Variable;
use super::error::InitError;
use crate::propagation::{UnknownPropagator, from_names, set_propagator};

/// The propagators that the environment chooses, `tracecontext,baggage` if it says nothing.
pub(super) struct Propagators(TextMapCompositePropagator);

impl Propagators {
    pub(super) fn from_environment() -> Result<Propagators, InitError> {
        let variable = Variable::find(&["OTEL_PROPAGATORS"])?.unwrap_or_else(|| Variable {
            name: "OTEL_PROPAGATORS",
            value: "tracecontext,baggage".to_owned(),
        });
        let chosen = from_names(&variable.value);
        let chosen = chosen.map_err(|_| variable.not(UnknownPropagator::ACCEPTED))?;
        Ok(Propagators(chosen))
    }

    pub(super) fn install(self) {
        set_propagator(self.0);
    }
}
