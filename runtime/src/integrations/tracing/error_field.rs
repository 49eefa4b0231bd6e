//! Records the errors in the fields of a `tracing` event as exceptions.

use std::error::Error;
use std::fmt::{self, Arguments, Debug, Display};
use std::mem;

use opentelemetry::trace::{SpanContext, SpanRef};
use opentelemetry::{Key, KeyValue};
use tracing_core::field::{Field, Visit};

use super::fields::ERROR;
use crate::attributes::ValueRef;
use crate::attributes::{Exception, Sink};
use crate::outcome::Failure;
use crate::outcome::exception;

/// Records each error as an exception event of the span, the first one with the other fields.
pub(super) struct Errors<'a, 'span> {
    pub(super) span: &'a SpanRef<'span>,
    pub(super) attributes: Vec<KeyValue>,
    /// `true` if the event consists of nothing but an error, like those of `#[instrument(err)]`.
    pub(super) is_alone: bool,
    /// The message of the error, if it was left out because the function right below recorded it.
    pub(super) known: Option<String>,
}

impl Errors<'_, '_> {
    fn record<E: Error + ?Sized>(&mut self, error: &E) {
        let span = self.span;
        let own = span.span_context();
        let failure = Failure::error(&error);
        let known = self
            .is_alone
            .then(|| exception::recorded_below(own.span_id(), &failure))
            .flatten();
        if known.is_some() {
            self.known = known;
        } else {
            exception::record_logged(self, own, &failure);
        }
    }
}

impl Visit for Errors<'_, '_> {
    fn record_error(&mut self, _: &Field, error: &(dyn Error + 'static)) {
        self.record(error);
    }

    fn record_str(&mut self, field: &Field, text: &str) {
        self.record_debug(field, &format_args!("{text}"));
    }

    fn record_debug(&mut self, field: &Field, text: &dyn Debug) {
        if field.name() == ERROR {
            self.record(&Text(format_args!("{text:?}")));
        }
    }
}

/// This makes the span a sink for exceptions. `exception.type` is left out, since the type of the
/// error is not known here.
impl Sink for Errors<'_, '_> {
    fn is_open(&mut self) -> bool {
        self.span.is_recording()
    }

    fn context(&self) -> SpanContext {
        self.span.span_context().clone()
    }

    fn set(&mut self, _: Key, _: ValueRef<'_>) {}

    fn exception(&mut self, exception: &Exception<'_>) {
        let known = exception
            .attributes()
            .filter(|(key, _)| *key != "exception.type");
        let mut attributes: Vec<_> = known
            .map(|(key, value)| KeyValue::new(key, value.to_owned()))
            .collect();
        attributes.append(&mut mem::take(&mut self.attributes));
        self.span.add_event(Exception::EVENT, attributes);
    }

    fn fail(&mut self, _: &str) {}

    fn succeed(&mut self) {}
}

/// An error, with nothing but its text.
struct Text<'a>(Arguments<'a>);

impl Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

impl Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_fmt(self.0)
    }
}

impl Error for Text<'_> {}
