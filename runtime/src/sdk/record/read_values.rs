//! Reads the values of attributes, which `write_values` writes.

use opentelemetry::{Array, StringValue, Value};

use super::layout::value;
use super::reader::{Reader, Text};

/// A value in a record.
#[derive(Clone)]
pub(crate) enum Stored<'a> {
    Bool(bool),
    I64(i64),
    F64(f64),
    Text(Text<'a>),
    /// A list of booleans, of one byte each.
    Bools(&'a [u8]),
    /// A list of little-endian numbers.
    I64s(&'a [[u8; 8]]),
    /// A list of little-endian numbers.
    F64s(&'a [[u8; 8]]),
    Texts(Texts<'a>),
}

/// A list of texts in a record.
#[derive(Clone)]
pub(crate) struct Texts<'a> {
    left: u32,
    reader: Reader<'a>,
}

impl<'a> Iterator for Texts<'a> {
    type Item = Text<'a>;

    fn next(&mut self) -> Option<Text<'a>> {
        self.left = self.left.checked_sub(1)?;
        self.reader.text()
    }
}

impl<'a> Reader<'a> {
    /// Reads the next value.
    #[inline]
    pub(crate) fn value(&mut self) -> Option<Stored<'a>> {
        match self.byte()? {
            value::I64 => Some(Stored::I64(i64::from_le_bytes(self.array()?))),
            value::TEXT => Some(Stored::Text(self.text()?)),
            tag => self.other_value(tag),
        }
    }

    fn other_value(&mut self, tag: u8) -> Option<Stored<'a>> {
        Some(match tag {
            value::FALSE => Stored::Bool(false),
            value::TRUE => Stored::Bool(true),
            value::F64 => Stored::F64(f64::from_le_bytes(self.array()?)),
            value::BOOLS => {
                let count = self.number()? as usize;
                Stored::Bools(self.take(count)?)
            }
            value::I64S => Stored::I64s(self.words()?),
            value::F64S => Stored::F64s(self.words()?),
            _ => Stored::Texts(self.texts()?),
        })
    }

    fn words(&mut self) -> Option<&'a [[u8; 8]]> {
        let count = self.number()? as usize;
        Some(self.take(count.checked_mul(8)?)?.as_chunks().0)
    }

    fn texts(&mut self) -> Option<Texts<'a>> {
        let left = self.number()?;
        let reader = *self;
        for _ in 0..left {
            self.text()?;
        }
        Some(Texts { left, reader })
    }
}

impl Stored<'_> {
    /// Converts the value to one of the OpenTelemetry API.
    pub(crate) fn owned(self) -> Value {
        match self {
            Stored::Bool(value) => Value::Bool(value),
            Stored::I64(value) => Value::I64(value),
            Stored::F64(value) => Value::F64(value),
            Stored::Text(text) => Value::String(text.as_str().to_owned().into()),
            Stored::Bools(list) => {
                Value::Array(Array::Bool(list.iter().map(|value| *value != 0).collect()))
            }
            Stored::I64s(list) => {
                let list = list.iter().map(|value| i64::from_le_bytes(*value));
                Value::Array(Array::I64(list.collect()))
            }
            Stored::F64s(list) => {
                let list = list.iter().map(|value| f64::from_le_bytes(*value));
                Value::Array(Array::F64(list.collect()))
            }
            Stored::Texts(list) => {
                let list = list.map(|text| StringValue::from(text.as_str().to_owned()));
                Value::Array(Array::String(list.collect()))
            }
        }
    }
}
