//! Records the attributes that a call site names.

use std::fmt::{Arguments, Debug, Display};
use std::iter;

use opentelemetry::global::BoxedSpan;
use opentelemetry::trace::{Span, SpanContext, SpanId, SpanRef, Status};
use opentelemetry::{Key, KeyValue, Value};

use crate::attributes::format::with_bounded;
use crate::attributes::{ToValue, ValueRef};
use crate::contain::catch;
use crate::site::CallSite;

/// Sets an attribute whose key the call site has at this index. There is one function for each kind
/// of value, so that a span that stores each kind differently need not distinguish them again.
macro_rules! indexed {
    ($($name:ident $kind:ident $value:ty;)*) => { $(
        fn $name(&mut self, index: u8, value: $value, site: &'static CallSite) {
            self.set(Key::from_static_str(site.key(index)), ValueRef::$kind(value));
        }
    )* };
}

/// A span that can be written to, whether it is in a context already or not.
pub(crate) trait Sink {
    /// Returns `true` if the span has not ended.
    fn is_open(&mut self) -> bool;

    fn context(&self) -> SpanContext;

    /// Returns the id of the span, and the id of the span above, which is invalid if it is not
    /// known.
    fn ids(&self) -> (SpanId, SpanId) {
        (self.context().span_id(), SpanId::INVALID)
    }

    /// Sets an attribute.
    fn set(&mut self, key: Key, value: ValueRef<'_>);

    indexed! {
        bool_at Bool bool;
        i64_at I64 i64;
        f64_at F64 f64;
        str_at Str &str;
        owned_at Owned Value;
    }

    /// Writes the exception that ends the span, with its event, `error.type` and the status, all at
    /// once. Returns `false` if that is not possible.
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

    /// Returns the attributes of the exception's event.
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

            fn context(&self) -> SpanContext {
                self.span_context().clone()
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
    /// The call site that has the keys.
    site: &'static CallSite,
}

impl<'a> Attributes<'a> {
    pub(crate) fn of(span: &'a mut dyn Sink, site: &'static CallSite) -> Attributes<'a> {
        Attributes { span, site }
    }

    /// Records the attributes that `record` sets. If one of its expressions panics, the attributes
    /// after it are lost.
    #[inline]
    pub(crate) fn record(
        span: &'a mut dyn Sink,
        site: &'static CallSite,
        record: &dyn Fn(&mut Attributes),
    ) {
        catch(|| record(&mut Attributes::of(span, site)));
    }

    /// Records `KEY = VALUE`, with a key of the call site.
    #[inline(never)]
    pub fn at<T: ToValue + ?Sized>(&mut self, index: u8, value: &T) {
        let Attributes { span, site } = self;
        match value.to_value() {
            ValueRef::None => {}
            ValueRef::Bool(value) => span.bool_at(index, value, site),
            ValueRef::I64(value) => span.i64_at(index, value, site),
            ValueRef::F64(value) => span.f64_at(index, value, site),
            ValueRef::Str(value) => span.str_at(index, value, site),
            ValueRef::Owned(value) => span.owned_at(index, value, site),
        }
    }

    /// Records `KEY = VALUE`.
    #[inline(never)]
    pub fn value<T: ToValue + ?Sized>(&mut self, key: impl Into<Key>, value: &T) {
        self.span.set(key.into(), value.to_value());
    }

    /// Records `KEY = %VALUE`.
    #[inline(never)]
    pub fn display<T: Display + ?Sized>(&mut self, key: impl Into<Key>, value: &T) {
        self.set_text(key.into(), format_args!("{value}"));
    }

    /// Records `KEY = ?VALUE`.
    #[inline(never)]
    pub fn debug<T: Debug + ?Sized>(&mut self, key: impl Into<Key>, value: &T) {
        self.set_text(key.into(), format_args!("{value:?}"));
    }

    fn set_text(&mut self, key: Key, text: Arguments<'_>) {
        with_bounded(text, |text| self.span.set(key, ValueRef::Str(text)));
    }
}
