//! Turns `tracing` events into events of the current OpenTelemetry span.

use std::sync::OnceLock;

use opentelemetry::trace::{SpanRef, Status, TraceContextExt};
use opentelemetry::{Context, KeyValue};
use tracing_core::dispatcher::WeakDispatch;
use tracing_core::span::Id;
use tracing_core::{Dispatch, Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer;
use tracing_subscriber::registry::LookupSpan;

use super::error_field::Errors;
use super::fields::Fields;
use super::target::is_of_opentelemetry;
use crate::ambient;
#[cfg(feature = "logs")]
use crate::integrations::logs;

/// Returns a layer that turns `tracing` events into events of the current OpenTelemetry span: that
/// of a traced function, of a `tracing` span behind [`spans`](super::spans), or of any other user
/// of OpenTelemetry.
///
/// An event is named after its message. Its fields become attributes of the same types, next to
/// `level`, `target` and the place in the code.
///
/// If one of the fields is an error (a `dyn Error`, or a text or formatted value called `error`),
/// the event is an `exception` by the [semantic
/// conventions](https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-spans/), with the
/// chain of its sources, and with the text of the event as `message`. If the traced function goes
/// on to return this error, it is not recorded again. An event that consists of nothing but the
/// error of a traced function right below, such as those of `#[instrument(err)]`, is not recorded
/// either. The status of the span does not change, unless it is a `tracing` span, see
/// [`spans`](super::spans). If exceptions are only log records
/// (`OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN=logs`), such an event is left to `traced::tracing::logs`.
///
/// To choose events, put a filter on the layer. Those of the `opentelemetry` crates themselves are
/// never recorded. If you use a layer of [`tracing-opentelemetry`](tracing_opentelemetry) in place
/// of [`spans`](super::spans), give it `.with_filter(filter_fn(|metadata| metadata.is_span()))`;
/// otherwise it records the events of its spans a second time.
///
/// # Example
///
/// ```
/// use tracing_subscriber::filter::LevelFilter;
/// use tracing_subscriber::prelude::*;
///
/// let events = traced::tracing::events().with_filter(LevelFilter::INFO);
/// let subscriber = tracing_subscriber::registry().with(events);
/// # drop(subscriber);
/// ```
#[must_use]
pub fn events() -> Events {
    Events {
        dispatch: OnceLock::new(),
    }
}

/// The layer that [`events`] returns.
#[derive(Debug)]
pub struct Events {
    /// The subscriber that this is a layer of.
    dispatch: OnceLock<WeakDispatch>,
}

impl<S> Layer<S> for Events
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn on_register_dispatch(&self, dispatch: &Dispatch) {
        // If several subscribers share the layer, the first one is kept.
        let _ = self.dispatch.set(dispatch.downgrade());
    }

    fn on_event(&self, event: &Event<'_>, subscriber: layer::Context<'_, S>) {
        // An event of the OpenTelemetry crates may be about a span whose lock this thread holds.
        if is_of_opentelemetry(event.metadata().target()) {
            return;
        }
        let context = match event.parent() {
            None if event.is_contextual() => ambient::current(),
            Some(parent) if subscriber.exists(parent) => self.context_of(parent),
            _ => return,
        };
        let span = context.span();
        if span.is_recording()
            && let Some(known) = record(event, &span)
            && *event.metadata().level() == Level::ERROR
            && let Some(around) = subscriber.event_span(event)
            && self.context_of(&around.id()).span().span_context() == span.span_context()
        {
            // How the function of a `tracing` span ends is not known otherwise.
            span.set_status(Status::error(known));
        }
    }
}

impl Events {
    /// Returns the OpenTelemetry context of a `tracing` span.
    fn context_of(&self, span: &Id) -> Context {
        let dispatch = self.dispatch.get().and_then(WeakDispatch::upgrade);
        let context =
            dispatch.and_then(|dispatch| tracing_opentelemetry::get_otel_context(span, &dispatch));
        context.unwrap_or_default()
    }
}

/// Records the event. If it only repeats the error of a traced function right below, returns the
/// text of the error instead.
fn record(event: &Event<'_>, span: &SpanRef<'_>) -> Option<String> {
    let Fields {
        message,
        mut attributes,
        has_error,
        ..
    } = Fields::of(event);
    if !has_error {
        let name = message.unwrap_or_else(|| event.metadata().name().to_owned());
        span.add_event(name, attributes);
        return None;
    }
    #[cfg(feature = "logs")]
    if logs::have_exceptions_alone() {
        return None;
    }
    attributes.extend(message.map(|message| KeyValue::new("message", message)));
    let mut errors = Errors {
        span,
        attributes,
        is_alone: event.fields().count() == 1,
        known: None,
    };
    event.record(&mut errors);
    errors.known
}
