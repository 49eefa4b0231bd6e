//! The attributes of an event.

use opentelemetry::{Key, KeyValue};

use crate::attributes::ToValue;

/// The attributes that [`add_event_with`](crate::add_event_with) takes: an iterator over
/// [`IntoAttribute`]s of one type, or a tuple of two to eight of them, which may differ in type.
///
/// `Kind` is inferred. It only distinguishes the two cases.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of attributes",
    label = "expected `[(key, value), …]`, or `((key, value), …)` for values of several types"
)]
pub trait EventAttributes<Kind>: sealed::EventAttributes<Kind> {
    /// Calls `add` with each attribute that has a value.
    #[doc(hidden)]
    fn hand_to(self, add: impl FnMut(KeyValue));
}

/// An attribute: a `KeyValue`, or a pair of a key and a value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an attribute",
    label = "expected `(key, value)` or a `KeyValue`"
)]
pub trait IntoAttribute: sealed::IntoAttribute {
    /// Returns the attribute, or `None` if the value is `None`.
    #[doc(hidden)]
    fn into_attribute(self) -> Option<KeyValue>;
}

mod sealed {
    pub trait EventAttributes<Kind> {}

    pub trait IntoAttribute {}
}

impl sealed::IntoAttribute for KeyValue {}

impl IntoAttribute for KeyValue {
    fn into_attribute(self) -> Option<KeyValue> {
        Some(self)
    }
}

impl<K: Into<Key>, V: ToValue> sealed::IntoAttribute for (K, V) {}

impl<K: Into<Key>, V: ToValue> IntoAttribute for (K, V) {
    fn into_attribute(self) -> Option<KeyValue> {
        let (key, value) = self;
        let value = value.to_value().into_owned()?;
        Some(KeyValue::new(key, value))
    }
}

/// The kind of iterators.
#[doc(hidden)]
#[derive(Debug)]
pub struct List;

/// The kind of tuples.
#[doc(hidden)]
#[derive(Debug)]
pub struct Tuple;

impl<I: IntoIterator<Item: IntoAttribute>> sealed::EventAttributes<List> for I {}

impl<I: IntoIterator<Item: IntoAttribute>> EventAttributes<List> for I {
    fn hand_to(self, add: impl FnMut(KeyValue)) {
        self.into_iter()
            .filter_map(IntoAttribute::into_attribute)
            .for_each(add);
    }
}

macro_rules! tuples {
    ($(($($name:ident)*))*) => {$(
        impl<$($name: IntoAttribute),*> sealed::EventAttributes<Tuple> for ($($name,)*) {}

        impl<$($name: IntoAttribute),*> EventAttributes<Tuple> for ($($name,)*) {
            fn hand_to(self, add: impl FnMut(KeyValue)) {
                #[allow(non_snake_case, reason = "named like their types")]
                let ($($name,)*) = self;
                [$($name.into_attribute()),*].into_iter().flatten().for_each(add);
            }
        }
    )*};
}

tuples! {
    (A B)
    (A B C)
    (A B C D)
    (A B C D E)
    (A B C D E F)
    (A B C D E F G)
    (A B C D E F G H)
}
