//! The items of a record: what each is, and where the next one begins.

use opentelemetry::{Array, StringValue, Value};

use crate::sdk::record::{tag, value};

/// One item behind the header.
pub(crate) enum Item<'a> {
    Name(&'a str),
    TraceState(&'a str),
    Attribute { key: &'a [u8] },
    Event { name: &'a str, reader: Reader<'a> },
    Link { state: &'a str, reader: Reader<'a> },
    Description(&'a str),
    Dropped([u32; 3]),
}

pub(crate) struct Items<'a>(pub(crate) Reader<'a>);

impl<'a> Items<'a> {
    /// The next item, if it is an attribute.
    #[inline]
    pub(crate) fn next_attribute(&mut self) -> Option<(&'a [u8], Value)> {
        let mut reader = self.0;
        if reader.byte()? != tag::ATTRIBUTE {
            return None;
        }
        let key = reader.bytes()?;
        let value = reader.owned()?;
        self.0 = reader;
        Some((key, value))
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = Item<'a>;

    fn next(&mut self) -> Option<Item<'a>> {
        let reader = &mut self.0;
        match reader.byte()? {
            tag::NAME => Some(Item::Name(reader.text()?)),
            tag::TRACE_STATE => Some(Item::TraceState(reader.text()?)),
            tag::ATTRIBUTE => {
                let key = reader.bytes()?;
                reader.skip_value()?;
                Some(Item::Attribute { key })
            }
            tag::EVENT => {
                let name = reader.text()?;
                let reader = reader.nested(EVENT_HEAD)?;
                Some(Item::Event { name, reader })
            }
            tag::LINK => {
                let state = reader.text()?;
                let reader = reader.nested(LINK_HEAD)?;
                Some(Item::Link { state, reader })
            }
            tag::DESCRIPTION => Some(Item::Description(reader.text()?)),
            tag::DROPPED => Some(Item::Dropped([
                reader.number()?,
                reader.number()?,
                reader.number()?,
            ])),
            _ => None,
        }
    }
}

/// What stands before an event's attributes: whether its time was given, and the time.
const EVENT_HEAD: usize = 1 + 8;
/// What stands before a link's attributes: the ids, the flags, whether it is remote.
const LINK_HEAD: usize = 16 + 8 + 1 + 1;

#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    pub(crate) bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        Some(taken)
    }

    pub(crate) fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*byte)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub(crate) fn number(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.array()?))
    }

    pub(crate) fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        self.take(length as usize)
    }

    pub(crate) fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    /// An event's or link's own bytes, which this reader passes over.
    fn nested(&mut self, head: usize) -> Option<Reader<'a>> {
        let nested = *self;
        self.take(head)?;
        let count = self.number()?;
        self.number()?;
        for _ in 0..count {
            self.bytes()?;
            self.skip_value()?;
        }
        Some(nested)
    }

    /// Passes over a value.
    fn skip_value(&mut self) -> Option<()> {
        match self.byte()? {
            value::FALSE | value::TRUE => {}
            value::I64 | value::F64 => {
                self.take(8)?;
            }
            value::TEXT => {
                self.bytes()?;
            }
            value::BOOLS => {
                let count = self.number()? as usize;
                self.take(count)?;
            }
            value::I64S | value::F64S => {
                let count = self.number()? as usize;
                self.take(count.checked_mul(8)?)?;
            }
            _ => {
                for _ in 0..self.number()? {
                    self.bytes()?;
                }
            }
        }
        Some(())
    }

    /// A value.
    #[inline]
    pub(crate) fn owned(&mut self) -> Option<Value> {
        match self.byte()? {
            value::I64 => Some(Value::I64(i64::from_le_bytes(self.array()?))),
            value::TEXT => Some(Value::String(self.text()?.to_owned().into())),
            tag => self.other(tag),
        }
    }

    fn other(&mut self, tag: u8) -> Option<Value> {
        Some(match tag {
            value::FALSE => Value::Bool(false),
            value::TRUE => Value::Bool(true),
            value::F64 => Value::F64(f64::from_le_bytes(self.array()?)),
            value::BOOLS => {
                Value::Array(Array::Bool(self.list(|reader| Some(reader.byte()? != 0))?))
            }
            value::I64S => Value::Array(Array::I64(
                self.list(|reader| Some(i64::from_le_bytes(reader.array()?)))?,
            )),
            value::F64S => Value::Array(Array::F64(
                self.list(|reader| Some(f64::from_le_bytes(reader.array()?)))?,
            )),
            _ => Value::Array(Array::String(
                self.list(|reader| Some(StringValue::from(reader.text()?.to_owned())))?,
            )),
        })
    }

    fn list<T>(&mut self, read: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.number()?;
        (0..count).map(|_| read(self)).collect()
    }
}
