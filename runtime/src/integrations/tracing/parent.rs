//! Finds the OpenTelemetry context that a `tracing` event belongs to.

use opentelemetry::Context;
use tracing_core::Event;
use tracing_core::dispatcher::WeakDispatch;
use tracing_opentelemetry::get_otel_context;
use tracing_subscriber::registry::{LookupSpan, SpanRef};

use crate::ambient;

/// The subscriber of a span, stored with the span. Only the subscriber can return the span's
/// context, and nothing says which subscriber is dispatching an event.
pub(super) struct Home(pub(super) WeakDispatch);

/// Returns the context of the event's explicit parent, or otherwise the current one. For `parent:
/// None`, returns an empty context.
pub(super) fn context<'a, S: LookupSpan<'a> + 'a>(
    event: &Event<'_>,
    parent: impl FnOnce() -> Option<SpanRef<'a, S>>,
) -> Context {
    if event.is_contextual() {
        return ambient::current();
    }
    let context = parent().and_then(|parent| of_span(&parent));
    context.unwrap_or_default()
}

fn of_span<'a, S: LookupSpan<'a> + 'a>(span: &SpanRef<'a, S>) -> Option<Context> {
    let home = {
        // Nothing may be borrowed from the span while its context is looked up.
        let extensions = span.extensions();
        extensions.get::<Home>()?.0.upgrade()?
    };
    get_otel_context(&span.id(), &home)
}
