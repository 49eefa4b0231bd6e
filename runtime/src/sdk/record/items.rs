//! The items of a record: what each is, and where the next one begins.
//!
//! This is how all that reads records reads them. It borrows; nothing is allocated.

#[cfg(feature = "otlp")]
use std::ops::Range;

#[cfg(feature = "otlp")]
use super::layout::value;
use super::layout::{failure, key, tag};
use super::read_values::{Stored, Text};
use crate::sdk::clock::Time;

/// One item behind the header.
pub(crate) enum Item<'a> {
    Name(Text<'a>),
    TraceState(Text<'a>),
    Attribute(Key<'a>, Stored<'a>),
    Event(Event<'a>),
    Failure(Failure<'a>),
    Link(Link<'a>),
    Description(Text<'a>),
    /// The attributes, events and links that were dropped.
    Dropped([u32; 3]),
}

/// The key of an attribute.
#[derive(Clone, Copy)]
pub(crate) enum Key<'a> {
    /// One of its call site's, by index.
    Indexed(u8, &'static str),
    /// One of this crate's.
    Known(&'static str),
    Text(Text<'a>),
}

impl<'a> Key<'a> {
    pub(crate) fn as_str(self) -> &'a str {
        match self {
            Key::Indexed(_, key) | Key::Known(key) => key,
            Key::Text(text) => text.as_str(),
        }
    }

    #[inline]
    pub(crate) fn bytes(self) -> &'a [u8] {
        match self {
            Key::Indexed(_, key) | Key::Known(key) => key.as_bytes(),
            Key::Text(text) => text.bytes(),
        }
    }
}

/// A value that is read fast.
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

/// An event.
pub(crate) struct Event<'a> {
    pub(crate) name: Text<'a>,
    pub(crate) time: Time,
    pub(crate) attributes: Attributes<'a>,
}

/// An exception that ended the span: an event, `error.type`, and the description of the status.
#[derive(Clone, Copy)]
pub(crate) struct Failure<'a> {
    pub(crate) time: Time,
    pub(crate) type_name: Text<'a>,
    pub(crate) message: Option<Text<'a>>,
    pub(crate) stacktrace: Option<Text<'a>>,
}

impl<'a> Failure<'a> {
    /// The key of the span's attribute.
    pub(crate) const KEY: Key<'static> = Key::Known("error.type");

    /// The attributes of the event, in the order of [`key::KNOWN`].
    pub(crate) fn attributes(self) -> [Option<Text<'a>>; 3] {
        [Some(self.type_name), self.message, self.stacktrace]
    }
}

/// A link.
pub(crate) struct Link<'a> {
    pub(crate) trace_id: [u8; 16],
    pub(crate) span_id: [u8; 8],
    pub(crate) flags: u8,
    pub(crate) is_remote: bool,
    pub(crate) trace_state: Text<'a>,
    pub(crate) attributes: Attributes<'a>,
}

/// The attributes of an event or a link.
#[derive(Clone)]
pub(crate) struct Attributes<'a> {
    left: u32,
    pub(crate) dropped: u32,
    reader: Reader<'a>,
}

impl Attributes<'_> {
    /// How many are to come.
    pub(crate) fn left(&self) -> u32 {
        self.left
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (Key<'a>, Stored<'a>);

    fn next(&mut self) -> Option<(Key<'a>, Stored<'a>)> {
        self.left = self.left.checked_sub(1)?;
        Some((self.reader.key()?, self.reader.value()?))
    }
}

/// The items of a record, in their order.
pub(crate) struct Items<'a> {
    reader: Reader<'a>,
}

impl<'a> Items<'a> {
    /// `keys` are those of the call site.
    pub(crate) fn new(bytes: &'a [u8], keys: &'static [&'static str]) -> Items<'a> {
        let reader = Reader { bytes, keys };
        Items { reader }
    }

    /// Returns `true` if there is nothing more.
    #[cfg(feature = "otlp")]
    #[inline]
    pub(crate) fn are_over(&self) -> bool {
        // What fills the last word is no item.
        self.reader.bytes.first().is_none_or(|tag| *tag == 0)
    }

    /// The bytes behind the items that were read.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.reader.bytes
    }

    /// The next item, if it is an attribute.
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

    /// The next item, if it is an attribute of the call site's by one of these indexes, with an integer or a text: what most
    /// items are, read at a third of the cost.
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
            // What fills the last word.
            _ => None,
        }
    }
}

/// Reads what `writer.rs` wrote.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    pub(crate) bytes: &'a [u8],
    keys: &'static [&'static str],
}

impl<'a> Reader<'a> {
    /// A reader of what has no indexed keys.
    pub(crate) fn of(bytes: &'a [u8]) -> Reader<'a> {
        Reader { bytes, keys: &[] }
    }

    #[inline]
    pub(crate) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        Some(taken)
    }

    #[inline]
    pub(crate) fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*byte)
    }

    #[inline]
    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.bytes.split_first_chunk()?;
        self.bytes = rest;
        Some(*array)
    }

    #[inline]
    pub(crate) fn number(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.array()?))
    }

    #[inline]
    pub(crate) fn text(&mut self) -> Option<Text<'a>> {
        let length = self.number()?;
        Some(Text::from_record(self.take(length as usize)?))
    }

    #[inline]
    fn key(&mut self) -> Option<Key<'a>> {
        let number = self.number()?;
        if number < key::OURS {
            return Some(Key::Text(Text::from_record(self.take(number as usize)?)));
        }
        let index = (number - key::OURS) as usize;
        Some(Key::Known(
            key::KNOWN.get(index).copied().unwrap_or_default(),
        ))
    }

    #[inline]
    fn indexed_key(&mut self) -> Option<Key<'a>> {
        let index = self.byte()?;
        let key = self.keys.get(usize::from(index)).copied();
        Some(Key::Indexed(index, key.unwrap_or_default()))
    }

    fn event(&mut self, name: Text<'a>) -> Option<Event<'a>> {
        let is_given = self.byte()? != 0;
        let number = u64::from_le_bytes(self.array()?);
        Some(Event {
            name,
            time: if is_given {
                Time::Given(number)
            } else {
                Time::Ticks(number)
            },
            attributes: self.attributes()?,
        })
    }

    #[inline]
    fn failure(&mut self) -> Option<Failure<'a>> {
        let has = self.byte()?;
        let time = Time::Ticks(u64::from_le_bytes(self.array()?));
        let [of_type, of_message, of_stacktrace] = [self.number()?, self.number()?, self.number()?];
        let type_name = Text::from_record(self.take(of_type as usize)?);
        let message = Text::from_record(self.take(of_message as usize)?);
        let stacktrace = Text::from_record(self.take(of_stacktrace as usize)?);
        Some(Failure {
            time,
            type_name,
            message: (has & failure::MESSAGE != 0).then_some(message),
            stacktrace: (has & failure::STACKTRACE != 0).then_some(stacktrace),
        })
    }

    fn link(&mut self) -> Option<Link<'a>> {
        Some(Link {
            trace_state: self.text()?,
            trace_id: self.array()?,
            span_id: self.array()?,
            flags: self.byte()?,
            is_remote: self.byte()? != 0,
            attributes: self.attributes()?,
        })
    }

    /// The attributes of an event or a link, which this reader passes over.
    fn attributes(&mut self) -> Option<Attributes<'a>> {
        let left = self.number()?;
        let dropped = self.number()?;
        let reader = *self;
        for _ in 0..left {
            self.key()?;
            self.value()?;
        }
        Some(Attributes {
            left,
            dropped,
            reader,
        })
    }
}
