//! Recording the attributes that a call site names.

use std::fmt::{Arguments, Debug, Display};
use std::iter;

use opentelemetry::global::BoxedSpan;
use opentelemetry::trace::{Span, SpanContext, SpanId, SpanRef, Status};
use opentelemetry::{Key, KeyValue};

use crate::format::bounded;
use crate::site::CallSite;
use crate::unwind::contained;
use crate::value::{ToValue, ValueRef};

/// A span that is written to: one that is not in a context yet, or one that is.
pub(crate) trait Sink {
    /// Whether it did not end so far.
    fn is_open(&mut self) -> bool;

    /// The span's context and the id of the span above, if it knows.
    fn contexts(&self) -> (SpanContext, SpanId) {
        (SpanContext::NONE, SpanId::INVALID)
    }

    /// Sets an attribute.
    fn set(&mut self, key: Key, value: ValueRef<'_>);

    /// Sets an attribute of the call site's.
    fn set_at(&mut self, site: &'static CallSite, index: u8, value: ValueRef<'_>) {
        self.set(Key::from_static_str(site.key(index)), value);
    }

    /// Writes all that an exception at a span's end is: its event, `error.type` and the status. Returns whether it could be
    /// written as one.
    fn failure(&mut self, _exception: &Exception<'_>) -> bool {
        false
    }

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

impl<'a> Exception<'a> {
    pub(crate) const EVENT: &'static str = "exception";
    pub(crate) const TYPE: &'static str = "exception.type";
    pub(crate) const MESSAGE: &'static str = "exception.message";
    pub(crate) const STACKTRACE: &'static str = "exception.stacktrace";

    /// The attributes of its event.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (&'static str, &'a str)> {
        let message = self.message.map(|message| (Self::MESSAGE, message));
        let stacktrace = self.stacktrace.map(|trace| (Self::STACKTRACE, trace));
        iter::once((Self::TYPE, self.type_name))
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
    /// Whose keys have an index here.
    site: &'static CallSite,
}

impl<'a> Attributes<'a> {
    pub(crate) fn of(span: &'a mut dyn Sink, site: &'static CallSite) -> Attributes<'a> {
        Attributes { span, site }
    }

    /// Records what `record` names. If one of its expressions panics, the ones behind it are lost.
    pub(crate) fn record(
        span: &'a mut dyn Sink,
        site: &'static CallSite,
        record: &dyn Fn(&mut Attributes),
    ) {
        contained(|| record(&mut Attributes { span, site }));
    }

    /// `KEY = VALUE`, of a key that the call site has.
    #[inline(never)]
    pub fn at<T: ToValue + ?Sized>(&mut self, index: u8, value: &T) {
        self.span.set_at(self.site, index, value.to_value());
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
