//! Reads the items of a record, one after the other, without allocating.

use std::ops::Range;

use super::items::{Item, Key};
#[cfg(feature = "otlp")]
use super::layout::value;
use super::layout::{at, tag};
use super::read_values::Stored;
use super::reader::Reader;
#[cfg(feature = "otlp")]
use super::reader::Text;
use crate::site;

/// Returns the items of the record of an open span.
pub(crate) fn items(bytes: &[u8]) -> Items<'_> {
    let mut number = [0; 4];
    number.copy_from_slice(&bytes[at::SITE..at::SCOPE]);
    let site = site::numbered(u32::from_le_bytes(number));
    let keys = site.map_or(&[][..], |site| site.keys_of_spans());
    Items::new(&bytes[at::ITEMS..], keys)
}

/// Returns the items of the record of an open span, each with its position in `bytes`.
pub(crate) fn places(bytes: &[u8]) -> impl Iterator<Item = (Range<usize>, Item<'_>)> {
    let mut items = items(bytes);
    std::iter::from_fn(move || {
        let start = bytes.len() - items.rest().len();
        let item = items.next()?;
        Some((start..bytes.len() - items.rest().len(), item))
    })
}

/// An iterator over the items of a record, in order.
pub(crate) struct Items<'a> {
    reader: Reader<'a>,
}

impl<'a> Items<'a> {
    /// Creates an iterator over these items. `keys` are the keys of the call site.
    pub(crate) fn new(bytes: &'a [u8], keys: &'static [&'static str]) -> Items<'a> {
        let reader = Reader { bytes, keys };
        Items { reader }
    }

    /// Returns `true` if there are no more items.
    #[cfg(feature = "otlp")]
    #[inline]
    pub(crate) fn are_over(&self) -> bool {
        // The zeros that pad the last word are not items.
        self.reader.bytes.first().is_none_or(|tag| *tag == 0)
    }

    /// Returns the bytes after the items that were read.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.reader.bytes
    }

    /// Reads the next item if it is an attribute.
    #[inline]
    pub(crate) fn next_attribute(&mut self) -> Option<(Key<'a>, Stored<'a>)> {
        let mut reader = self.reader;
        let key = match reader.byte()? {
            tag::ATTRIBUTE => reader.key()?,
            tag::INDEXED => reader.indexed_key()?,
            _ => return None,
        };
        let value = reader.value()?;
        self.reader = reader;
        Some((key, value))
    }

    /// Reads the next item if it is an attribute with one of these indexes whose value is an
    /// integer or a text. Most items are, and this takes a third of the time of `next`.
    #[cfg(feature = "otlp")]
    #[inline]
    pub(crate) fn next_simple(&mut self, indexes: Range<usize>) -> Option<(usize, Simple<'a>)> {
        let (&[tag, index, of_value], rest) = self.reader.bytes.split_first_chunk()?;
        let index = usize::from(index);
        if tag != tag::INDEXED || !indexes.contains(&index) {
            return None;
        }
        let (simple, rest) = match of_value {
            value::I64 => {
                let (number, rest) = rest.split_first_chunk()?;
                (Simple::I64(i64::from_le_bytes(*number)), rest)
            }
            value::TEXT => {
                let (length, rest) = rest.split_first_chunk()?;
                let length = u32::from_le_bytes(*length) as usize;
                let (text, rest) = rest.split_at_checked(length)?;
                (Simple::Text(text), rest)
            }
            _ => return None,
        };
        self.reader.bytes = rest;
        Some((index, simple))
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = Item<'a>;

    fn next(&mut self) -> Option<Item<'a>> {
        let reader = &mut self.reader;
        match reader.byte()? {
            tag::NAME => Some(Item::Name(reader.text()?)),
            tag::TRACE_STATE => Some(Item::TraceState(reader.text()?)),
            tag::ATTRIBUTE => Some(Item::Attribute(reader.key()?, reader.value()?)),
            tag::INDEXED => Some(Item::Attribute(reader.indexed_key()?, reader.value()?)),
            tag::EVENT => {
                let name = reader.text()?;
                Some(Item::Event(reader.event(name)?))
            }
            tag::FAILURE => Some(Item::Failure(reader.failure()?)),
            tag::LINK => Some(Item::Link(reader.link()?)),
            tag::DESCRIPTION => Some(Item::Description(reader.text()?)),
            tag::DROPPED => Some(Item::Dropped([
                reader.number()?,
                reader.number()?,
                reader.number()?,
            ])),
            // The padding of the last word.
            _ => None,
        }
    }
}

/// A value of one of the types that most attributes have.
#[cfg(feature = "otlp")]
#[derive(Clone, Copy)]
pub(crate) enum Simple<'a> {
    I64(i64),
    Text(&'a [u8]),
}

#[cfg(feature = "otlp")]
impl<'a> From<Simple<'a>> for Stored<'a> {
    fn from(simple: Simple<'a>) -> Stored<'a> {
        match simple {
            Simple::I64(number) => Stored::I64(number),
            Simple::Text(text) => Stored::Text(Text::from_record(text)),
        }
    }
}
