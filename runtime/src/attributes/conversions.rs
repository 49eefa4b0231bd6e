//! Converts single values to attribute values.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use opentelemetry::{Array, StringValue, Value};

use crate::attributes::list::{Element, sealed, strings};
use crate::attributes::value::{ToValue, ValueRef};

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
