//! Converts lists to attribute values.

use std::borrow::Cow;
use std::sync::Arc;

use opentelemetry::{Array, Value};

use crate::attributes::value::{ToValue, ValueRef};

impl<T: Element> ToValue for [T] {
    fn to_value(&self) -> ValueRef<'_> {
        ValueRef::Owned(Value::Array(T::array(self)))
    }
}

impl<T: Element, const N: usize> ToValue for [T; N] {
    fn to_value(&self) -> ValueRef<'_> {
        self.as_slice().to_value()
    }
}

impl<T: Element> ToValue for Vec<T> {
    fn to_value(&self) -> ValueRef<'_> {
        self.as_slice().to_value()
    }
}

/// A value that an array attribute can hold.
#[diagnostic::on_unimplemented(
    message = "a list of `{Self}` cannot be recorded as an attribute",
    label = "not a list of booleans, numbers or strings",
    note = "in `#[traced]` and `span!`, write `?expression` for `Debug`; in a call, pass `format!(\"{{value:?}}\")`"
)]
pub trait Element: Sized + sealed::Element {
    /// Returns the list in OpenTelemetry's form.
    #[doc(hidden)]
    fn array(list: &[Self]) -> Array;
}

pub(super) mod sealed {
    pub trait Element {}
}

impl sealed::Element for bool {}

impl Element for bool {
    fn array(list: &[Self]) -> Array {
        Array::Bool(list.to_vec())
    }
}

impl sealed::Element for String {}

impl Element for String {
    fn array(list: &[Self]) -> Array {
        strings(list)
    }
}

impl sealed::Element for &str {}

impl Element for &str {
    fn array(list: &[Self]) -> Array {
        strings(list)
    }
}

impl sealed::Element for Arc<str> {}

impl Element for Arc<str> {
    fn array(list: &[Self]) -> Array {
        strings(list)
    }
}

impl sealed::Element for Box<str> {}

impl Element for Box<str> {
    fn array(list: &[Self]) -> Array {
        strings(list)
    }
}

impl sealed::Element for Cow<'_, str> {}

impl Element for Cow<'_, str> {
    fn array(list: &[Self]) -> Array {
        strings(list)
    }
}

pub(super) fn strings<T: ToString>(list: &[T]) -> Array {
    Array::String(list.iter().map(|value| value.to_string().into()).collect())
}
