//! Turns `tracing` spans into OpenTelemetry spans, through `tracing-opentelemetry`.

use std::borrow::Cow;
use std::mem;
use std::time::SystemTime;

use opentelemetry::global;
use opentelemetry::trace::{
    Span, SpanBuilder, SpanContext, SpanId, Status, TraceContextExt, Tracer,
};
use opentelemetry::{Context, KeyValue};
use tracing_core::subscriber::Interest;
use tracing_core::{Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{DynFilterFn, dynamic_filter_fn};
use tracing_subscriber::layer;
use tracing_subscriber::registry::LookupSpan;

use super::fields::LEVEL;
use super::integers::{After, Before, is_text_of_integer};
use crate::ambient;
use crate::describe::Named;
use crate::outcome::recorded;

/// Returns a layer that turns `tracing` spans into OpenTelemetry spans of the global tracer
/// provider.
///
/// It wraps the layer of [`tracing-opentelemetry`](tracing_opentelemetry), and replaces it: with
/// both, each span would be recorded twice. The parent of a span is the OpenTelemetry span that is
/// current where it is created, and an entered span is the current one, so `tracing` spans and
/// traced functions nest both ways. The special fields (`otel.name`, `otel.kind`,
/// `otel.status_code`, `otel.status_description`) and `OpenTelemetrySpanExt` work as that crate
/// documents them.
///
/// Events are left to [`events`](fn@super::events). An event of level `ERROR` sets the status of a
/// `tracing` span to `Error`, since the result of the function is not known.
///
/// # Example
///
/// ```
/// use tracing_subscriber::prelude::*;
///
/// let subscriber = tracing_subscriber::registry().with(traced::tracing::spans());
/// # drop(subscriber);
/// ```
#[must_use]
pub fn spans<S>() -> impl Layer<S> + Send + Sync
where
    S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
{
    let spans = tracing_opentelemetry::layer()
        .with_tracer(GlobalTracer)
        .with_location(true)
        .with_threads(false)
        .with_tracked_inactivity(false);
    Before
        .and_then(spans)
        .and_then(After::new(GlobalTracer))
        .with_filter(filter())
}

/// Returns a filter that lets spans through, except where telemetry is suppressed.
///
/// It is suppressed for the connections of an exporter, for example. A span there would make its
/// own context the current one, and so hide that telemetry is suppressed.
fn filter<S>() -> DynFilterFn<
    S,
    impl Fn(&Metadata<'_>, &layer::Context<'_, S>) -> bool,
    impl Fn(&'static Metadata<'static>) -> Interest,
> {
    dynamic_filter_fn(|metadata: &Metadata<'_>, _: &_| metadata.is_span() && !is_suppressed())
        .with_callsite_filter(|metadata| {
            if metadata.is_span() {
                Interest::sometimes()
            } else {
                Interest::never()
            }
        })
}

/// Returns `true` if telemetry is suppressed here, or the thread is ending and has no context.
pub(super) fn is_suppressed() -> bool {
    ambient::look(Context::is_telemetry_suppressed).unwrap_or(true)
}

/// A tracer that uses whichever provider is the global one when a span starts.
struct GlobalTracer;

impl Tracer for GlobalTracer {
    type Span = Bridged;

    fn build_with_context(&self, mut builder: SpanBuilder, parent: &Context) -> Bridged {
        builder.attributes.iter_mut().for_each(keep_last);
        let name = builder.name.clone();
        let span = global::tracer("tracing").build_with_context(builder, parent);
        Bridged {
            span: Named::new(span, name),
            parent: parent.span().span_context().span_id(),
        }
    }
}

/// Removes repeated keys. The last value of a key is kept, at the position of the first.
fn keep_last(attributes: &mut Vec<KeyValue>) {
    let mut index = 0;
    while index < attributes.len() {
        let (kept, rest) = attributes.split_at_mut(index);
        match kept.iter_mut().find(|kept| kept.key == rest[0].key) {
            Some(kept) => {
                mem::swap(&mut kept.value, &mut rest[0].value);
                attributes.remove(index);
            }
            None => index += 1,
        }
    }
}

/// The OpenTelemetry span of a `tracing` span.
#[derive(Debug)]
struct Bridged {
    span: Named,
    /// The id of the span above, which is invalid if there is none.
    parent: SpanId,
}

impl Span for Bridged {
    fn add_event_with_timestamp<T>(&mut self, name: T, time: SystemTime, fields: Vec<KeyValue>)
    where
        T: Into<Cow<'static, str>>,
    {
        if let Some(description) = error(&fields) {
            self.span.set_status(Status::error(description));
        }
        self.span.add_event_with_timestamp(name, time, fields);
    }

    fn span_context(&self) -> &SpanContext {
        self.span.span_context()
    }

    fn is_recording(&self) -> bool {
        self.span.is_recording()
    }

    fn set_attribute(&mut self, attribute: KeyValue) {
        if !is_text_of_integer(&attribute) {
            self.span.set_attribute(attribute);
        }
    }

    fn set_status(&mut self, status: Status) {
        self.span.set_status(status);
    }

    fn update_name<T>(&mut self, name: T)
    where
        T: Into<Cow<'static, str>>,
    {
        self.span.update_name(name);
    }

    fn add_link(&mut self, to: SpanContext, attributes: Vec<KeyValue>) {
        self.span.add_link(to, attributes);
    }

    fn end_with_timestamp(&mut self, time: SystemTime) {
        self.span.end_with_timestamp(time);
        // It is not known whether the span's function returns the error that was recorded below the
        // span, so the span above may still recognize that error.
        recorded::pass_up(self.span.span_context().span_id(), self.parent);
    }
}

/// Returns the message of an error if these are the fields of a `tracing` event of level `ERROR`.
fn error(fields: &[KeyValue]) -> Option<String> {
    let text = |key: &str| {
        let found = fields.iter().find(|field| field.key.as_str() == key)?;
        Some(found.value.as_str().into_owned())
    };
    (text(LEVEL)? == "ERROR").then(|| text("exception.message").unwrap_or_default())
}
