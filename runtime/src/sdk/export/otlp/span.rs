//! A span's message, from its record.

use opentelemetry::trace::{SpanId, TraceState};

use super::template::{Key, Template};
use super::wire::{self, bytes, fixed32, fixed64, number};
use super::{events, positions, values};
use crate::sdk::record::layout::status;
use crate::sdk::record::{self, Ended, Failure, Item, Items, Stored, Text};
use crate::sdk::sampling::{Reason, state_as_kept};

/// The field of a scope's spans.
const SPAN: u8 = bytes(2);

/// The fields of a span.
const TRACE_ID: u8 = bytes(1);
const SPAN_ID: u8 = bytes(2);
const TRACE_STATE: u8 = bytes(3);
const PARENT_ID: u8 = bytes(4);
pub(super) const NAME: u8 = bytes(5);
const KIND: u8 = number(6);
const START: u8 = fixed64(7);
const END: u8 = fixed64(8);
pub(super) const ATTRIBUTE: u8 = bytes(9);
const DROPPED_ATTRIBUTES: u8 = number(10);
const DROPPED_EVENTS: u8 = number(12);
const DROPPED_LINKS: u8 = number(14);
const STATUS: u8 = bytes(15);
/// Field 16, whose tag takes two bytes.
const FLAGS: [u8; 2] = [0x80 | fixed32(0), 1];

/// In the second byte of the flags: it is known whether the parent is remote; it is.
const HAS_IS_REMOTE: u8 = 1;
const IS_REMOTE: u8 = 2;

/// Puts a span, as a field of its scope. `behind` is empty before and after.
pub(super) fn put(
    out: &mut Vec<u8>,
    behind: &mut Vec<u8>,
    span: Ended<'_>,
    template: &mut Template,
    reason: Option<Reason>,
) {
    out.reserve(160 + template.fields(false).len() + span.bytes().len());
    let start = out.len() + 3;
    put_head(out, span, reason.is_some());
    out.extend_from_slice(template.fields(span.has_own_name()));
    let attributes = out.len() - template.code().len();
    let mut items = span.items_by(template.keys);
    let (mut next_index, mut indexed) = (0, 0);
    while let Some((index, value)) = items.next_simple(next_index..template.indexed.len()) {
        values::put_simple(out, ATTRIBUTE, template.indexed[index].field(), value);
        next_index = index + 1;
        indexed += 1;
    }
    let description = if items.are_over() && reason.is_none() {
        None
    } else {
        let writer = Writer {
            out,
            behind,
            attributes,
            next_index,
            indexed,
            others: 0,
            is_usual: true,
            found: Found::default(),
        };
        writer.rest(items, span, template, reason)
    };
    put_status(out, span.status(), description);
    wire::end_message(out, start);
}

/// Puts what each span begins with: the field's tag and room for its length, ids, times, flags, kind.
#[inline]
fn put_head(out: &mut Vec<u8>, span: Ended<'_>, is_kept: bool) {
    let (start, end) = span.times();
    let flags = span.flags();
    let flags = flags.with_sampled(flags.is_sampled() || is_kept).to_u8();
    // One array, which costs a tenth of putting its parts.
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
    // Of a size that the compiler knows, so that nothing is called for it.
    out.extend_from_slice(&head);
    if span.parent_id() == SpanId::INVALID {
        out.truncate(out.len() - 10);
    }
}

pub(super) fn remote_flags(flags: u8, is_remote: bool) -> [u8; 4] {
    let remote = if is_remote { IS_REMOTE } else { 0 };
    [flags, HAS_IS_REMOTE | remote, 0, 0]
}

/// More than an index can be.
const NONE: usize = 1 << 8;

struct Writer<'w, 'r> {
    out: &'w mut Vec<u8>,
    /// What comes behind the attributes, which stand together so that a key can be looked for.
    behind: &'w mut Vec<u8>,
    /// Where the attributes begin.
    attributes: usize,
    /// The lowest index of a key that need not be looked for.
    next_index: usize,
    /// How many attributes came by index, and how many others there are beside the template's.
    indexed: usize,
    others: usize,
    /// The others were the usual ones so far.
    is_usual: bool,
    found: Found<'r>,
}

/// What may come several times in a record, the last of which counts.
#[derive(Default)]
struct Found<'r> {
    name: Option<Text<'r>>,
    trace_state: Option<Text<'r>>,
    description: Option<Text<'r>>,
    /// A failure, if its event is the last.
    failure: Option<Failure<'r>>,
    /// Of attributes, events and links.
    dropped: [u32; 3],
}

impl<'r> Writer<'_, 'r> {
    /// Puts all but the status, whose description is returned.
    #[inline(never)]
    fn rest(
        mut self,
        items: Items<'r>,
        span: Ended<'_>,
        template: &mut Template,
        reason: Option<Reason>,
    ) -> Option<Text<'r>> {
        self.items(items, template);
        if self.others > template.most_others {
            template.most_others = self.others;
            template.learn(positions::keys(&self.out[self.attributes..]), self.indexed);
        }
        self.end(span, reason);
        self.found.description
    }

    #[inline]
    fn items(&mut self, mut items: Items<'r>, template: &Template) {
        loop {
            while let Some((key, value)) = items.next_attribute() {
                self.attribute(key, &value, template);
            }
            if items.are_over() {
                return;
            }
            match items.next() {
                Some(item) => self.item(item, template),
                None => return,
            }
        }
    }

    fn attribute(&mut self, key: record::Key<'_>, value: &Stored<'_>, template: &Template) {
        if let record::Key::Indexed(index, _) = key
            && let Some(key) = self.expected(index, template)
        {
            return values::put_keyed(self.out, ATTRIBUTE, key.field(), value);
        }
        self.looked_for(key.bytes(), value, template);
    }

    /// The call site's key of this index, if it is none of those before.
    #[inline]
    fn expected<'t>(&mut self, index: u8, template: &'t Template) -> Option<&'t Key> {
        let index = usize::from(index);
        let key = template.indexed.get(index);
        let key = key.filter(|_| index >= self.next_index)?;
        self.next_index = index + 1;
        self.indexed += 1;
        Some(key)
    }

    /// Adds an attribute whose key may be one of those before, unless it comes as usual.
    fn looked_for(&mut self, key: &[u8], value: &Stored<'_>, template: &Template) {
        self.next_index = NONE;
        match template.usual(self.others, key) {
            Some(known) if self.is_usual => {
                values::put_keyed(self.out, ATTRIBUTE, known.field(), value);
                self.others += 1;
            }
            _ => {
                self.is_usual = false;
                self.set(key, value);
            }
        }
    }

    /// Sets an attribute; one of the same key gives way.
    fn set(&mut self, key: &[u8], value: &Stored<'_>) {
        match positions::find(self.out, self.attributes, key) {
            None => {
                values::attribute(self.out, ATTRIBUTE, key, value);
                self.others += 1;
            }
            Some(place) => {
                let mut other = Vec::new();
                values::attribute(&mut other, ATTRIBUTE, key, value);
                self.out.splice(place, other);
            }
        }
    }

    #[inline(never)]
    fn item(&mut self, item: Item<'r>, template: &Template) {
        match item {
            Item::Attribute(key, value) => self.attribute(key, &value, template),
            Item::Name(name) => self.found.name = Some(name),
            Item::TraceState(state) => self.found.trace_state = Some(state),
            Item::Description(text) => self.found.description = Some(text),
            Item::Dropped(counts) => self.found.dropped = counts,
            Item::Failure(failure) => {
                let type_name = Stored::Text(failure.type_name);
                self.attribute(Failure::KEY, &type_name, template);
                self.found.description = failure.message.or(self.found.description);
                self.found.failure = Some(failure);
            }
            Item::Event(event) => {
                // In their order.
                if let Some(failure) = self.found.failure.take() {
                    events::put_exception(self.behind, failure);
                }
                events::put_event(self.behind, event);
            }
            Item::Link(link) => events::put_link(self.behind, link),
        }
    }

    /// Puts what comes behind the attributes.
    #[inline]
    fn end(&mut self, span: Ended<'_>, reason: Option<Reason>) {
        if let Some(reason) = reason {
            self.kept(span, reason);
        } else if let Some(state) = self.found.trace_state {
            wire::field(self.out, TRACE_STATE, state.bytes());
        }
        if let Some(name) = self.found.name {
            wire::field(self.out, NAME, name.bytes());
        }
        if !self.behind.is_empty() {
            self.out.append(self.behind);
        }
        if let Some(failure) = self.found.failure {
            events::put_exception(self.out, failure);
        }
        if self.found.dropped != [0; 3] {
            let tags = [DROPPED_ATTRIBUTES, DROPPED_EVENTS, DROPPED_LINKS];
            for (tag, count) in tags.into_iter().zip(self.found.dropped) {
                events::put_count(self.out, tag, count);
            }
        }
    }

    /// Puts what a span has that was kept at its trace's end.
    #[cold]
    fn kept(&mut self, span: Ended<'_>, reason: Reason) {
        if span.is_local_root() {
            let reason = values::text(reason.name());
            values::attribute(self.out, ATTRIBUTE, Reason::KEY.as_bytes(), &reason);
        }
        let Some(state) = self.found.trace_state else {
            return;
        };
        let state: TraceState = state.as_str().parse().unwrap_or_default();
        let state = if span.is_sampled() {
            state
        } else {
            state_as_kept(&state)
        };
        wire::field(self.out, TRACE_STATE, state.header().as_bytes());
    }
}

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
