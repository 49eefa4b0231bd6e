//! Records the integers in the fields of `tracing` spans as integers.
//!
//! `tracing-opentelemetry` records an integer as text if its type is not `i64`. If the value fits
//! an `i64`, it is recorded again as an integer, and the text is left out: by the tracer if the
//! span has not started, otherwise by [`is_text_of_integer`].

use std::cell::RefCell;
use std::sync::OnceLock;

use opentelemetry::trace::Tracer;
use opentelemetry::{KeyValue, Value};
use tracing_core::dispatcher::WeakDispatch;
use tracing_core::field::{Field, Visit};
use tracing_core::span::{Attributes, Id, Record};
use tracing_core::{Dispatch, Metadata, Subscriber};
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::parent::Home;

thread_local! {
    /// The names of the fields whose values are being recorded and are integers.
    static INTEGERS: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

/// Returns `true` if this is the text of an integer that will be recorded again as an integer.
pub(super) fn is_text_of_integer(attribute: &KeyValue) -> bool {
    let is_integer = || INTEGERS.try_with(|names| names.borrow().contains(&attribute.key.as_str()));
    matches!(attribute.value, Value::String(_)) && is_integer() == Ok(true)
}

/// The layer before that of `tracing-opentelemetry`. It notes which values are integers.
pub(super) struct Before;

impl<S: Subscriber> Layer<S> for Before {
    fn on_record(&self, _: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let _ = INTEGERS.try_with(|names| {
            let mut names = names.borrow_mut();
            names.clear();
            values.record(&mut Integers(|field: &Field, _| names.push(field.name())));
        });
    }
}

/// The layer after that of `tracing-opentelemetry`. It records the integers again.
pub(super) struct After<S, T> {
    /// A second layer of `tracing-opentelemetry`, which writes to the spans that the first one has
    /// opened.
    writer: OpenTelemetryLayer<S, T>,
    /// The subscriber that this is a layer of.
    home: OnceLock<WeakDispatch>,
}

impl<S, T> After<S, T>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    T: Tracer<Span: Send + Sync> + 'static,
{
    pub(super) fn new(tracer: T) -> After<S, T> {
        After {
            writer: tracing_opentelemetry::layer().with_tracer(tracer),
            home: OnceLock::new(),
        }
    }

    fn record(
        &self,
        span: &Id,
        metadata: &Metadata<'_>,
        field: &Field,
        value: i64,
        context: Context<'_, S>,
    ) {
        let values: [(&Field, Option<&dyn tracing_core::field::Value>); 1] =
            [(field, Some(&value))];
        let values = metadata.fields().value_set(&values);
        self.writer.on_record(span, &Record::new(&values), context);
    }
}

impl<S, T> Layer<S> for After<S, T>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    T: Tracer<Span: Send + Sync> + 'static,
{
    fn on_register_dispatch(&self, dispatch: &Dispatch) {
        // If several subscribers share the layer, the first one is kept.
        let _ = self.home.set(dispatch.downgrade());
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if let (Some(span), Some(home)) = (context.span(id), self.home.get()) {
            span.extensions_mut().replace(Home(home.clone()));
        }
        attributes.record(&mut Integers(|field: &Field, value| {
            self.record(id, attributes.metadata(), field, value, context.clone());
        }));
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let _ = INTEGERS.try_with(|names| names.borrow_mut().clear());
        let Some(metadata) = context.metadata(id) else {
            return;
        };
        values.record(&mut Integers(|field: &Field, value| {
            self.record(id, metadata, field, value, context.clone());
        }));
    }
}

/// Finds the integers that fit an `i64` and that `tracing-opentelemetry` would record as text.
struct Integers<F>(F);

impl<F: FnMut(&Field, i64)> Integers<F> {
    fn found(&mut self, field: &Field, value: impl TryInto<i64>) {
        if let Ok(value) = value.try_into() {
            (self.0)(field, value);
        }
    }
}

impl<F: FnMut(&Field, i64)> Visit for Integers<F> {
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.found(field, value);
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.found(field, value);
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.found(field, value);
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}
