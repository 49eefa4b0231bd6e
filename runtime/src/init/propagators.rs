//! Chooses how the context travels between processes, by `OTEL_PROPAGATORS`.

use opentelemetry::propagation::TextMapCompositePropagator;

use super::environment::Variable;
use super::error::InitError;
use crate::propagation::{UnknownPropagator, from_names};

/// Returns the propagators that the environment chooses, `tracecontext,baggage` by default.
///
/// `OTEL_PROPAGATORS` is often shared by programs in several languages, so unknown names are
/// ignored, with a warning. If none is known, the default applies.
pub(super) fn from_environment() -> Result<TextMapCompositePropagator, InitError> {
    let variable = Variable::find(&["OTEL_PROPAGATORS"])?;
    let list = variable.as_ref().map_or("", |variable| &variable.value);
    let is_known = |name: &&str| from_names(name).is_ok();
    let (known, unknown): (Vec<&str>, Vec<&str>) = list.split(',').partition(is_known);
    let accepted = UnknownPropagator::ACCEPTED;
    if let (Some(variable), false) = (&variable, unknown.is_empty()) {
        let unknown = unknown.join(",");
        variable.warn(format_args!("ignoring {unknown:?}, expected {accepted}"));
    }
    from_names(&known.join(","))
        .map_err(|_| InitError::setting("OTEL_PROPAGATORS", "is not valid", accepted))
}
