//! The values that an attribute can have.

use opentelemetry::{StringValue, Value};

/// A value that can be recorded as an attribute.
///
/// It is implemented for:
///
/// - booleans, integers, floats, strings and `char`. OpenTelemetry's integers are `i64`, so an
///   integer that does not fit is recorded as a decimal string;
/// - `Duration`, recorded in seconds;
/// - paths, IP addresses and socket addresses, recorded as strings;
/// - slices, arrays and `Vec`s of booleans, integers, floats, strings and addresses;
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

/// A value in OpenTelemetry's form, borrowed where that is possible.
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
