//! Recording the attributes that a call site names.

use std::fmt::{Arguments, Debug, Display};
use std::iter;

use opentelemetry::global::BoxedSpan;
use opentelemetry::trace::{Span, SpanContext, SpanId, SpanRef, Status};
use opentelemetry::{Key, KeyValue, Value};

use crate::attributes::format::with_bounded;
use crate::attributes::{ToValue, ValueRef};
use crate::contain::catch;
#[cfg(feature = "sdk")]
use crate::sdk::span::Open;
use crate::site::CallSite;

/// A span that is written to: one that is not in a context yet, or one that is.
pub(crate) trait Sink {
    /// Whether it did not end so far.
    fn is_open(&mut self) -> bool;

    fn context(&self) -> SpanContext;

    /// The span's id, and that of the span above if it knows.
    fn ids(&self) -> (SpanId, SpanId) {
        (self.context().span_id(), SpanId::INVALID)
    }

    /// Sets an attribute.
    fn set(&mut self, key: Key, value: ValueRef<'_>);

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
    span: To<'a>,
    /// Whose keys have an index here.
    site: &'static CallSite,
}

enum To<'a> {
    /// A span of our own provider, whose record is at hand.
    #[cfg(feature = "sdk")]
    Record(&'a mut Open),
    Span(&'a mut dyn Sink),
}

impl<'a> Attributes<'a> {
    pub(crate) fn of(span: &'a mut dyn Sink, site: &'static CallSite) -> Attributes<'a> {
        let span = To::Span(span);
        Attributes { span, site }
    }

    /// Records what `record` names. If one of its expressions panics, the ones behind it are lost.
    pub(crate) fn record(
        span: &'a mut dyn Sink,
        site: &'static CallSite,
        record: &dyn Fn(&mut Attributes),
    ) {
        catch(|| record(&mut Attributes::of(span, site)));
    }

    /// The same, straight into the record.
    #[cfg(feature = "sdk")]
    #[inline]
    pub(crate) fn record_open(
        open: &'a mut Open,
        site: &'static CallSite,
        record: &dyn Fn(&mut Attributes),
    ) {
        let span = To::Record(open);
        catch(|| record(&mut Attributes { span, site }));
    }

    /// `KEY = VALUE`, of a key that the call site has.
    #[inline(never)]
    pub fn at<T: ToValue + ?Sized>(&mut self, index: u8, value: &T) {
        match value.to_value() {
            ValueRef::None => {}
            ValueRef::Bool(value) => self.bool_at(index, value),
            ValueRef::I64(value) => self.i64_at(index, value),
            ValueRef::F64(value) => self.f64_at(index, value),
            ValueRef::Str(value) => self.str_at(index, value),
            ValueRef::Owned(value) => self.owned_at(index, value),
        }
    }

    /// `KEY = VALUE`
    #[inline(never)]
    pub fn value<T: ToValue + ?Sized>(&mut self, key: impl Into<Key>, value: &T) {
        self.set(key.into(), value.to_value());
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
        with_bounded(text, |text| self.set(key, ValueRef::Str(text)));
    }

    fn set(&mut self, key: Key, value: ValueRef<'_>) {
        match &mut self.span {
            #[cfg(feature = "sdk")]
            To::Record(open) => open.set(&key, &value),
            To::Span(span) => span.set(key, value),
        }
    }
}

/// One for each kind of value, so that none is made on the way, and compiled once.
macro_rules! at {
    ($($name:ident $kind:ident $value:ty;)*) => {
        impl Attributes<'_> { $(
            #[inline(never)]
            fn $name(&mut self, index: u8, value: $value) {
                #[cold]
                #[inline(never)]
                fn elsewhere(span: &mut dyn Sink, key: &'static str, value: $value) {
                    span.set(Key::from_static_str(key), ValueRef::$kind(value));
                }
                match &mut self.span {
                    #[cfg(feature = "sdk")]
                    To::Record(open) => open.set_at(self.site, index, value),
                    To::Span(span) => elsewhere(*span, self.site.key(index), value),
                }
            }
        )* }
    };
}

at! {
    bool_at Bool bool;
    i64_at I64 i64;
    f64_at F64 f64;
    str_at Str &str;
    owned_at Owned Value;
}
