//! Recording the attributes that a call site names.

use std::fmt::{Arguments, Debug, Display};
use std::iter;

use opentelemetry::global::BoxedSpan;
use opentelemetry::trace::{Span, SpanRef, Status};
use opentelemetry::{Key, KeyValue};

use crate::format::bounded;
use crate::unwind::contained;
use crate::value::{ToValue, ValueRef};

/// A span that is written to: one that is not in a context yet, or one that is.
pub(crate) trait Sink {
    /// Whether it did not end so far.
    fn is_open(&mut self) -> bool;

    /// Sets an attribute.
    fn set(&mut self, key: Key, value: ValueRef<'_>);

    /// Adds the event of an exception.
    fn exception(&mut self, exception: &Exception<'_>);

    /// Sets the status to an error.
    fn fail(&mut self, description: &str);

    /// Sets the status to `Ok`.
    fn succeed(&mut self);
}

/// An exception, by the semantic conventions.
pub(crate) struct Exception<'a> {
    pub(crate) type_name: &'a str,
    pub(crate) message: Option<&'a str>,
    pub(crate) stacktrace: Option<&'a str>,
}

impl Exception<'_> {
    pub(crate) const EVENT: &'static str = "exception";

    /// The attributes of its event.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let message = self.message.map(|message| ("exception.message", message));
        let stacktrace = self.stacktrace.map(|trace| ("exception.stacktrace", trace));
        iter::once(("exception.type", self.type_name))
            .chain(message)
            .chain(stacktrace)
    }

    fn key_values(&self) -> Vec<KeyValue> {
        let key_value = |(key, value): (_, &str)| KeyValue::new(key, value.to_owned());
        self.attributes().map(key_value).collect()
    }
}

macro_rules! sinks {
    ($($span:ty)*) => { $(
        impl Sink for $span {
            fn is_open(&mut self) -> bool {
                self.is_recording()
            }

            fn set(&mut self, key: Key, value: ValueRef<'_>) {
                if let Some(value) = value.into_owned() {
                    self.set_attribute(KeyValue::new(key, value));
                }
            }

            fn exception(&mut self, exception: &Exception<'_>) {
                self.add_event(Exception::EVENT, exception.key_values());
            }

            fn fail(&mut self, description: &str) {
                self.set_status(Status::error(description.to_owned()));
            }

            fn succeed(&mut self) {
                self.set_status(Status::Ok);
            }
        }
    )* };
}

sinks!(BoxedSpan SpanRef<'_>);

/// Records attributes on a span.
pub struct Attributes<'a> {
    span: &'a mut dyn Sink,
}

impl<'a> Attributes<'a> {
    pub(crate) fn of(span: &'a mut dyn Sink) -> Attributes<'a> {
        Attributes { span }
    }

    /// Records what `record` names. If one of its expressions panics, the ones behind it are lost.
    pub(crate) fn record(span: &'a mut dyn Sink, record: &dyn Fn(&mut Attributes)) {
        contained(|| record(&mut Attributes { span }));
    }

    /// `KEY = VALUE`
    #[inline(never)]
    pub fn value<T: ToValue + ?Sized>(&mut self, key: impl Into<Key>, value: &T) {
        self.span.set(key.into(), value.to_value());
    }

    /// `KEY = %VALUE`
    #[inline(never)]
    pub fn display<T: Display + ?Sized>(&mut self, key: impl Into<Key>, value: &T) {
        self.set_text(key.into(), format_args!("{value}"));
    }

    /// `KEY = ?VALUE`
    #[inline(never)]
    pub fn debug<T: Debug + ?Sized>(&mut self, key: impl Into<Key>, value: &T) {
        self.set_text(key.into(), format_args!("{value:?}"));
    }

    fn set_text(&mut self, key: Key, text: Arguments<'_>) {
        self.span.set(key, ValueRef::Str(&bounded(text)));
    }
}
