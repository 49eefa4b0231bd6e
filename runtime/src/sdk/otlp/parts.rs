//! What a span's message consists of beside the span's own attributes: events, links, and their attributes.

use super::span::remote_flags;
use super::values;
use super::wire::{self, bytes, fixed32, fixed64, number};
use crate::attributes::Exception;
use crate::sdk::items::{Attributes, Event, Key, Link};

/// The fields of a span.
const EVENT: u8 = bytes(11);
const LINK: u8 = bytes(13);

pub(super) fn put_event(out: &mut Vec<u8>, event: Event<'_>) {
    wire::message(out, EVENT, |out| {
        out.push(fixed64(1));
        out.extend_from_slice(&event.time.nanoseconds().to_le_bytes());
        wire::field(out, bytes(2), event.name.bytes());
        put_attributes(out, bytes(3), number(4), event.attributes);
    });
}

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

/// A key of this crate's as a field, with the tag of the value behind it.
fn known(key: &str) -> Option<&'static [u8]> {
    Some(match key {
        Exception::TYPE => b"\x0a\x0eexception.type\x12",
        Exception::MESSAGE => b"\x0a\x11exception.message\x12",
        Exception::STACKTRACE => b"\x0a\x14exception.stacktrace\x12",
        _ => return None,
    })
}

pub(super) fn put_count(out: &mut Vec<u8>, tag: u8, count: u32) {
    if count != 0 {
        out.push(tag);
        wire::put(out, u64::from(count));
    }
}
