//! Turns Rust values into attribute values.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use opentelemetry::{Array, StringValue, Value};

/// A value that can be recorded as an attribute.
///
/// It is implemented for:
///
/// - booleans, integers, floats, strings and `char`. OpenTelemetry's integers are `i64`, so one
///   that does not fit is recorded as a decimal string;
/// - `Duration`, recorded in seconds;
/// - paths, IP addresses and socket addresses, recorded as strings;
/// - slices, arrays and `Vec`s of booleans, integers, floats and strings;
/// - `Option`, where `None` leaves the attribute out;
/// - references, `Box`, `Rc`, `Arc` and `Cow`, recorded as the value that they hold.
///
/// # Example
///
/// ```
/// use traced::{ToValue, ValueRef};
///
/// struct OrderId(u64);
///
/// impl ToValue for OrderId {
///     fn to_value(&self) -> ValueRef<'_> {
///         self.0.to_value()
///     }
/// }
///
/// assert_eq!(OrderId(7).to_value(), ValueRef::I64(7));
/// assert_eq!(u64::MAX.to_value(), ValueRef::Owned("18446744073709551615".into()));
/// assert_eq!(None::<u8>.to_value(), ValueRef::None);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be recorded as an attribute",
    label = "not a boolean, a number, a string or a list of them",
    note = "in `#[traced]` and `span!`, write `%expression` for `Display` or `?expression` for `Debug`; for the returned value, `ret = %` or `ret = ?`",
    note = "in a call, pass `value.to_string()` or `format!(\"{{value:?}}\")`",
    note = "or implement `traced::ToValue` for `{Self}`"
)]
pub trait ToValue {
    /// Returns the value in OpenTelemetry's form, borrowed where that is possible.
    fn to_value(&self) -> ValueRef<'_>;
}

/// A value on its way to a span.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ValueRef<'a> {
    /// No value. The attribute is left out.
    None,
    /// A boolean.
    Bool(bool),
    /// An integer.
    I64(i64),
    /// A floating-point number.
    F64(f64),
    /// A borrowed string.
    Str(&'a str),
    /// A value that had to be created: a list, or a string.
    Owned(Value),
}

impl ValueRef<'_> {
    pub(crate) fn into_owned(self) -> Option<Value> {
        Some(match self {
            ValueRef::None => return None,
            ValueRef::Bool(value) => Value::Bool(value),
            ValueRef::I64(value) => Value::I64(value),
            ValueRef::F64(value) => Value::F64(value),
            ValueRef::Str(value) => Value::String(StringValue::from(value.to_owned())),
            ValueRef::Owned(value) => value,
        })
    }
}

impl ToValue for bool {
    #[inline]
    fn to_value(&self) -> ValueRef<'_> {
        ValueRef::Bool(*self)
    }
}

impl ToValue for str {
    #[inline]
    fn to_value(&self) -> ValueRef<'_> {
        ValueRef::Str(self)
    }
}

impl ToValue for String {
    #[inline]
    fn to_value(&self) -> ValueRef<'_> {
        ValueRef::Str(self)
    }
}

impl ToValue for char {
    fn to_value(&self) -> ValueRef<'_> {
        ValueRef::Owned(Value::from(self.to_string()))
    }
}

/// A duration is recorded in seconds, as the semantic conventions require.
impl ToValue for Duration {
    fn to_value(&self) -> ValueRef<'_> {
        ValueRef::F64(self.as_secs_f64())
    }
}

/// A path is recorded as text. Parts that are not UTF-8 are replaced.
impl ToValue for Path {
    fn to_value(&self) -> ValueRef<'_> {
        match self.to_string_lossy() {
            Cow::Borrowed(path) => ValueRef::Str(path),
            Cow::Owned(path) => ValueRef::Owned(Value::from(path)),
        }
    }
}

impl ToValue for PathBuf {
    fn to_value(&self) -> ValueRef<'_> {
        self.as_path().to_value()
    }
}

macro_rules! addresses {
    ($($address:ty)*) => { $(
        impl ToValue for $address {
            fn to_value(&self) -> ValueRef<'_> {
                ValueRef::Owned(Value::from(self.to_string()))
            }
        }

        impl sealed::Element for $address {}

        impl Element for $address {
            fn array(list: &[Self]) -> Array {
                strings(list)
            }
        }
    )* };
}

addresses!(IpAddr Ipv4Addr Ipv6Addr SocketAddr SocketAddrV4 SocketAddrV6);

impl ToValue for Value {
    fn to_value(&self) -> ValueRef<'_> {
        ValueRef::Owned(self.clone())
    }
}

impl ToValue for StringValue {
    fn to_value(&self) -> ValueRef<'_> {
        ValueRef::Str(self.as_str())
    }
}

macro_rules! integers {
    ($($integer:ty)*) => { $(
        impl ToValue for $integer {
            #[inline]
            fn to_value(&self) -> ValueRef<'_> {
                match i64::try_from(*self) {
                    Ok(value) => ValueRef::I64(value),
                    Err(_) => ValueRef::Owned(Value::from(self.to_string())),
                }
            }
        }

        impl sealed::Element for $integer {}

        impl Element for $integer {
            fn array(list: &[Self]) -> Array {
                let integers: Result<Vec<i64>, _> = list.iter().map(|value| i64::try_from(*value)).collect();
                integers.map_or_else(|_| strings(list), Array::I64)
            }
        }
    )* };
}

integers!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);

macro_rules! floats {
    ($($float:ty)*) => { $(
        impl ToValue for $float {
            #[inline]
            fn to_value(&self) -> ValueRef<'_> {
                ValueRef::F64(f64::from(*self))
            }
        }

        impl sealed::Element for $float {}

        impl Element for $float {
            fn array(list: &[Self]) -> Array {
                Array::F64(list.iter().copied().map(f64::from).collect())
            }
        }
    )* };
}

floats!(f32 f64);

macro_rules! seen_through {
    ($($pointer:ty)*) => { $(
        impl<T: ToValue + ?Sized> ToValue for $pointer {
            #[inline]
            fn to_value(&self) -> ValueRef<'_> {
                (**self).to_value()
            }
        }
    )* };
}

seen_through!(&T &mut T Box<T> Rc<T> Arc<T>);

impl<T: ToOwned<Owned: Sized> + ToValue + ?Sized> ToValue for Cow<'_, T> {
    fn to_value(&self) -> ValueRef<'_> {
        (**self).to_value()
    }
}

impl<T: ToValue> ToValue for Option<T> {
    fn to_value(&self) -> ValueRef<'_> {
        self.as_ref().map_or(ValueRef::None, ToValue::to_value)
    }
}

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

mod sealed {
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

fn strings<T: ToString>(list: &[T]) -> Array {
    Array::String(list.iter().map(|value| value.to_string().into()).collect())
}
