//! Encodes a span.

use opentelemetry::trace::SpanId;

use super::fields::{
    ATTRIBUTE, END, FLAGS, KIND, PARENT_ID, SPAN, SPAN_ID, START, STATUS, TRACE_ID, remote_flags,
};
use super::rest::{Found, Rest};
use super::template::Template;
use super::values;
use super::wire::{self, bytes, number};
use crate::sdk::record::layout::status;
use crate::sdk::record::{Ended, Text};
use crate::sdk::sampling::Kept;

/// Appends a span as a field of its scope. `behind` is scratch space for [`Rest`], and is empty
/// before and after.
///
/// This writes the leading attributes of the call site, as long as they are integers or texts in
/// the order of their indexes. Most spans have nothing else. Whatever follows is left to [`Rest`].
pub(super) fn put(
    out: &mut Vec<u8>,
    behind: &mut Vec<u8>,
    span: Ended<'_>,
    template: &mut Template,
    kept: Option<Kept>,
) {
    out.reserve(160 + template.fields(false).len() + span.bytes().len());
    let start = out.len() + 3;
    put_head(out, span, kept.is_some());
    out.extend_from_slice(template.fields(span.has_own_name()));
    let attributes = out.len() - template.code().len();
    let mut items = span.items_by(template.keys);
    let (mut next_index, mut indexed) = (0, 0);
    while let Some((index, value)) = items.next_simple(next_index..template.indexed.len()) {
        values::put_simple(out, ATTRIBUTE, template.indexed[index].field(), value);
        next_index = index + 1;
        indexed += 1;
    }
    let description = if items.are_over() && kept.is_none() {
        None
    } else {
        let rest = Rest {
            out,
            behind,
            attributes,
            next_index,
            indexed,
            others: 0,
            is_expected: true,
            found: Found::default(),
        };
        rest.put(items, span, template, kept)
    };
    put_status(out, span.status(), description);
    wire::end_message(out, start);
}

/// Appends what each span begins with: the field's tag, room for its length, ids, times, flags and
/// kind.
#[inline]
fn put_head(out: &mut Vec<u8>, span: Ended<'_>, is_kept: bool) {
    let (start, end) = span.times();
    let flags = span.flags();
    let flags = flags.with_sampled(flags.is_sampled() || is_kept).to_u8();
    // Filling in one array takes a tenth of the time that appending each part does.
    let mut head = [0; 67];
    head[0] = SPAN;
    head[3..5].copy_from_slice(&[TRACE_ID, 16]);
    head[5..21].copy_from_slice(&span.trace_id().to_bytes());
    head[21..23].copy_from_slice(&[SPAN_ID, 8]);
    head[23..31].copy_from_slice(&span.span_id().to_bytes());
    head[31] = START;
    head[32..40].copy_from_slice(&start.to_le_bytes());
    head[40] = END;
    head[41..49].copy_from_slice(&end.to_le_bytes());
    head[49..51].copy_from_slice(&FLAGS);
    head[51..55].copy_from_slice(&remote_flags(flags, span.has_remote_parent()));
    head[55..57].copy_from_slice(&[KIND, span.kind()]);
    head[57..59].copy_from_slice(&[PARENT_ID, 8]);
    head[59..].copy_from_slice(&span.parent_id().to_bytes());
    // The compiler knows the size, so this calls no `memcpy`.
    out.extend_from_slice(&head);
    if span.parent_id() == SpanId::INVALID {
        out.truncate(out.len() - 10);
    }
}

/// Appends the status.
#[inline]
fn put_status(out: &mut Vec<u8>, status: u8, description: Option<Text<'_>>) {
    const MESSAGE: u8 = bytes(2);
    const CODE: u8 = number(3);
    match status {
        status::OK => out.extend_from_slice(&[STATUS, 2, CODE, 1]),
        status::ERROR => {
            let message = description.map_or(&[][..], Text::bytes);
            out.push(STATUS);
            wire::put_length(out, wire::size_of_field(message.len()) + 2);
            wire::field(out, MESSAGE, message);
            out.extend_from_slice(&[CODE, 2]);
        }
        _ => out.extend_from_slice(&[STATUS, 0]),
    }
}
