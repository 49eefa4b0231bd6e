//! Encodes the events and links of a span.

use super::fields::{EVENT, LINK, remote_flags};
use super::values;
use super::wire::{self, bytes, fixed32, fixed64, number};
use crate::sdk::record::layout::key;
use crate::sdk::record::{Attributes, Event, Failure, Key, Link, Simple};

/// Appends an event.
pub(super) fn put_event(out: &mut Vec<u8>, event: Event<'_>) {
    wire::message(out, EVENT, |out| {
        out.push(fixed64(1));
        out.extend_from_slice(&event.time.nanoseconds().to_le_bytes());
        wire::field(out, bytes(2), event.name.bytes());
        put_attributes(out, bytes(3), number(4), event.attributes);
    });
}

/// Appends the event of an exception that ended the span.
pub(super) fn put_exception(out: &mut Vec<u8>, failure: Failure<'_>) {
    const HEAD: usize = 20;
    let all = KNOWN.iter().zip(failure.attributes());
    let attributes = all.filter_map(|(key, text)| Some((*key, text?.bytes())));
    let size = |(key, text): (&[u8], &[u8])| {
        let of_value = wire::size_of_field(text.len());
        wire::size_of_field(key.len() + wire::size_of(of_value as u64) + of_value)
    };
    out.push(EVENT);
    wire::put_length(out, HEAD + attributes.clone().map(size).sum::<usize>());
    let mut head = *b"\x09\0\0\0\0\0\0\0\0\x12\x09exception";
    head[1..9].copy_from_slice(&failure.time.nanoseconds().to_le_bytes());
    out.extend_from_slice(&head);
    for (key, text) in attributes {
        values::put_simple(out, bytes(3), key, Simple::Text(text));
    }
}

/// Appends a link.
pub(super) fn put_link(out: &mut Vec<u8>, link: Link<'_>) {
    wire::message(out, LINK, |out| {
        wire::field(out, bytes(1), &link.trace_id);
        wire::field(out, bytes(2), &link.span_id);
        wire::field(out, bytes(3), link.trace_state.bytes());
        put_attributes(out, bytes(4), number(5), link.attributes);
        out.push(fixed32(6));
        out.extend_from_slice(&remote_flags(link.flags, link.is_remote));
    });
}

fn put_attributes(out: &mut Vec<u8>, tag: u8, tag_of_dropped: u8, attributes: Attributes<'_>) {
    let dropped = attributes.dropped;
    for (key, value) in attributes {
        let field = match key {
            Key::Known(key) => known(key),
            _ => None,
        };
        match field {
            Some(field) => values::put_keyed(out, tag, field, &value),
            None => values::attribute(out, tag, key.bytes(), &value),
        }
    }
    put_count(out, tag_of_dropped, dropped);
}

/// The keys of [`key::KNOWN`] as fields of a `KeyValue`, each followed by the tag of the value.
const KNOWN: [&[u8]; 3] = [
    b"\x0a\x0eexception.type\x12",
    b"\x0a\x11exception.message\x12",
    b"\x0a\x14exception.stacktrace\x12",
];

/// Returns a key as a field of a `KeyValue`, followed by the tag of the value, if it is one of
/// [`key::KNOWN`].
fn known(key: &str) -> Option<&'static [u8]> {
    let index = key::KNOWN.iter().position(|known| *known == key)?;
    Some(KNOWN[index])
}

/// Appends the number of items that were dropped, unless it is 0.
pub(super) fn put_count(out: &mut Vec<u8>, tag: u8, count: u32) {
    if count != 0 {
        out.push(tag);
        wire::put(out, u64::from(count));
    }
}
