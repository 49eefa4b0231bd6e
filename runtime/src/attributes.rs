//! Recording the attributes that a call site names.

use std::fmt::{Debug, Display};

use opentelemetry::global::ObjectSafeSpan;
use opentelemetry::{Key, KeyValue, Value};

use crate::format::bounded;
use crate::unwind::contained;
use crate::value::ToValue;

/// Records the attributes of a span that has just started.
pub struct Attributes<'a> {
    span: &'a mut dyn ObjectSafeSpan,
}

impl<'a> Attributes<'a> {
    /// Records what `record` names. If one of its expressions panics, the ones behind it are lost.
    pub(crate) fn record(span: &'a mut dyn ObjectSafeSpan, record: &dyn Fn(&mut Attributes)) {
        contained(|| record(&mut Attributes { span }));
    }

    /// `KEY = VALUE`
    #[inline]
    pub fn value<T: ToValue + ?Sized>(&mut self, key: impl Into<Key>, value: &T) {
        if let Some(value) = value.to_value().into_owned() {
            self.set(key.into(), value);
        }
    }

    /// `KEY = %VALUE`
    #[inline]
    pub fn display<T: Display + ?Sized>(&mut self, key: impl Into<Key>, value: &T) {
        self.set_text(key.into(), format_args!("{value}"));
    }

    /// `KEY = ?VALUE`
    #[inline]
    pub fn debug<T: Debug + ?Sized>(&mut self, key: impl Into<Key>, value: &T) {
        self.set_text(key.into(), format_args!("{value:?}"));
    }

    fn set_text(&mut self, key: Key, text: std::fmt::Arguments<'_>) {
        self.set(key, bounded(text).into());
    }

    #[inline(never)]
    fn set(&mut self, key: Key, value: Value) {
        self.span.set_attribute(KeyValue::new(key, value));
    }
}
