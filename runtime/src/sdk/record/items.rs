//! The items of a record, and how each of them is read.

use super::layout::{failure, key};
use super::read_values::Stored;
use super::reader::{Reader, Text};
use crate::sdk::clock::Time;

/// An item of a record.
pub(crate) enum Item<'a> {
    Name(Text<'a>),
    TraceState(Text<'a>),
    Attribute(Key<'a>, Stored<'a>),
    Event(Event<'a>),
    Failure(Failure<'a>),
    Link(Link<'a>),
    Description(Text<'a>),
    /// The numbers of attributes, events and links that were dropped.
    Dropped([u32; 3]),
}

/// The key of an attribute.
#[derive(Clone, Copy)]
pub(crate) enum Key<'a> {
    /// A key of the call site, by its index.
    Indexed(u8, &'static str),
    /// A key of this crate.
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

/// An event of a span.
pub(crate) struct Event<'a> {
    pub(crate) name: Text<'a>,
    pub(crate) time: Time,
    pub(crate) attributes: Attributes<'a>,
}

/// An exception that ended the span. It stands for an event, the attribute `error.type`, and the
/// description of the status.
#[derive(Clone, Copy)]
pub(crate) struct Failure<'a> {
    pub(crate) time: Time,
    pub(crate) type_name: Text<'a>,
    pub(crate) message: Option<Text<'a>>,
    pub(crate) stacktrace: Option<Text<'a>>,
}

impl<'a> Failure<'a> {
    /// The key of the span's own attribute for the failure.
    pub(crate) const KEY: Key<'static> = Key::Known("error.type");

    /// Returns the values of the event's attributes, in the order of [`key::KNOWN`].
    pub(crate) fn attributes(self) -> [Option<Text<'a>>; 3] {
        [Some(self.type_name), self.message, self.stacktrace]
    }
}

/// A link of a span.
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
    /// Returns the number of attributes that are still to come.
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

impl<'a> Reader<'a> {
    #[inline]
    pub(super) fn key(&mut self) -> Option<Key<'a>> {
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
    pub(super) fn indexed_key(&mut self) -> Option<Key<'a>> {
        let index = self.byte()?;
        let key = self.keys.get(usize::from(index)).copied();
        Some(Key::Indexed(index, key.unwrap_or_default()))
    }

    pub(super) fn event(&mut self, name: Text<'a>) -> Option<Event<'a>> {
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
    pub(super) fn failure(&mut self) -> Option<Failure<'a>> {
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

    pub(super) fn link(&mut self) -> Option<Link<'a>> {
        Some(Link {
            trace_state: self.text()?,
            trace_id: self.array()?,
            span_id: self.array()?,
            flags: self.byte()?,
            is_remote: self.byte()? != 0,
            attributes: self.attributes()?,
        })
    }

    /// Returns the attributes of an event or a link, and skips over them.
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
