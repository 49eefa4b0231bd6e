//! Recording the attributes that a call site names.

use std::fmt::{Arguments, Debug, Display};

use opentelemetry::global::BoxedSpan;
use opentelemetry::trace::{Span, SpanRef};
use opentelemetry::{Key, KeyValue, Value};

use crate::format::bounded;
use crate::unwind::contained;
use crate::value::ToValue;

/// A span that attributes can be set on: one that is not in a context yet, or one that is.
pub(crate) trait Sink {
    fn set(&mut self, attribute: KeyValue);
}

impl Sink for BoxedSpan {
    fn set(&mut self, attribute: KeyValue) {
        self.set_attribute(attribute);
    }
}

impl Sink for SpanRef<'_> {
    fn set(&mut self, attribute: KeyValue) {
        self.set_attribute(attribute);
    }
}

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
        if let Some(value) = value.to_value().into_owned() {
            self.set(key.into(), value);
        }
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
        self.set(key, bounded(text).into());
    }

    fn set(&mut self, key: Key, value: Value) {
        self.span.set(KeyValue::new(key, value));
    }
}
