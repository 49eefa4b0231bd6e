//! Writes the values of attributes into a record. `read_values` reads them.

use opentelemetry::{Array, Value};

use super::layout::{length, tag, value};
use super::limits::Limits;
use super::writer::Record;
use crate::attributes::ValueRef;

/// A value of an attribute whose key is given by its index in the call site's keys.
pub(crate) trait Indexed {
    /// Returns the size of the attribute in bytes, if it is known without writing it.
    fn size(&self, limits: &Limits) -> Option<usize>;

    /// Appends the attribute.
    fn write(self, record: &mut Record, limits: &Limits, index: u8);
}

impl Indexed for bool {
    #[inline]
    fn size(&self, _: &Limits) -> Option<usize> {
        Some(3)
    }

    #[inline]
    fn write(self, record: &mut Record, _: &Limits, index: u8) {
        record.extend([tag::INDEXED, index, u8::from(self)]);
    }
}

impl Indexed for i64 {
    #[inline]
    fn size(&self, _: &Limits) -> Option<usize> {
        Some(11)
    }

    #[inline]
    fn write(self, record: &mut Record, _: &Limits, index: u8) {
        record.extend(numbered(index, value::I64, self.to_le_bytes()));
    }
}

impl Indexed for f64 {
    #[inline]
    fn size(&self, _: &Limits) -> Option<usize> {
        Some(11)
    }

    #[inline]
    fn write(self, record: &mut Record, _: &Limits, index: u8) {
        record.extend(numbered(index, value::F64, self.to_le_bytes()));
    }
}

impl Indexed for &str {
    #[inline]
    fn size(&self, limits: &Limits) -> Option<usize> {
        limits.value_length.is_none().then(|| self.len() + 7)
    }

    #[inline]
    fn write(self, record: &mut Record, limits: &Limits, index: u8) {
        let text = limits.cut(self);
        let [a, b, c, d] = length(text.len()).to_le_bytes();
        record.extend([tag::INDEXED, index, value::TEXT, a, b, c, d]);
        record.bytes.extend_from_slice(text.as_bytes());
    }
}

impl Indexed for Value {
    fn size(&self, _: &Limits) -> Option<usize> {
        None
    }

    fn write(self, record: &mut Record, limits: &Limits, index: u8) {
        record.extend([tag::INDEXED, index]);
        record.owned_value(limits, &self);
    }
}

#[inline]
fn numbered(index: u8, of_value: u8, number: [u8; 8]) -> [u8; 11] {
    let mut item = [0; 11];
    item[..3].copy_from_slice(&[tag::INDEXED, index, of_value]);
    item[3..].copy_from_slice(&number);
    item
}

impl Record {
    #[inline(never)]
    pub(super) fn value(&mut self, limits: &Limits, value: &ValueRef<'_>) {
        match value {
            ValueRef::None => {}
            ValueRef::Bool(value) => self.bytes.push(u8::from(*value)),
            ValueRef::I64(value) => self.number(value::I64, value.to_le_bytes()),
            ValueRef::F64(value) => self.number(value::F64, value.to_le_bytes()),
            ValueRef::Str(text) => self.item(value::TEXT, limits.cut(text)),
            ValueRef::Owned(value) => self.owned_value(limits, value),
        }
    }

    pub(super) fn owned_value(&mut self, limits: &Limits, value: &Value) {
        match value {
            Value::Bool(value) => self.bytes.push(u8::from(*value)),
            Value::I64(value) => self.number(value::I64, value.to_le_bytes()),
            Value::F64(value) => self.number(value::F64, value.to_le_bytes()),
            Value::String(text) => self.item(value::TEXT, limits.cut(text.as_str())),
            Value::Array(array) => self.array(limits, array),
            other => self.item(value::TEXT, limits.cut(&other.as_str())),
        }
    }

    fn array(&mut self, limits: &Limits, array: &Array) {
        match array {
            Array::Bool(list) => self.list(value::BOOLS, list, |record, value| {
                record.bytes.push(u8::from(*value));
            }),
            Array::I64(list) => self.list(value::I64S, list, |record, value| {
                record.bytes.extend_from_slice(&value.to_le_bytes());
            }),
            Array::F64(list) => self.list(value::F64S, list, |record, value| {
                record.bytes.extend_from_slice(&value.to_le_bytes());
            }),
            Array::String(list) => self.list(value::TEXTS, list, |record, value| {
                record.text(limits.cut(value.as_str()));
            }),
            other => self.item(value::TEXT, limits.cut(&other.to_string())),
        }
    }

    fn list<T>(&mut self, tag: u8, list: &[T], write: impl Fn(&mut Record, &T)) {
        self.bytes.push(tag);
        self.bytes
            .extend_from_slice(&length(list.len()).to_le_bytes());
        for value in list {
            write(self, value);
        }
    }

    #[inline]
    fn number(&mut self, tag: u8, bytes: [u8; 8]) {
        let mut tagged = [tag; 9];
        tagged[1..].copy_from_slice(&bytes);
        self.bytes.extend_from_slice(&tagged);
    }
}
