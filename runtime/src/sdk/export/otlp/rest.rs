//! Encodes the items that only some spans have.

use super::fields::{
    ATTRIBUTE, DROPPED_ATTRIBUTES, DROPPED_EVENTS, DROPPED_LINKS, NAME, TRACE_STATE,
};
use super::template::{Key, Template};
use super::{events, positions, values, wire};
use crate::sdk::record::{self, Ended, Failure, Item, Items, Stored, Text};
use crate::sdk::sampling::{Kept, Reason};

/// An index that no key has.
const NONE: usize = 1 << 8;

/// Encodes a span from the first item on that [`span::put`](super::span::put) does not handle.
pub(super) struct Rest<'w, 'r> {
    pub(super) out: &'w mut Vec<u8>,
    /// The fields that follow the attributes. They are kept apart because keys are looked up in the
    /// attributes, which must be contiguous for that.
    pub(super) behind: &'w mut Vec<u8>,
    /// The position in `out` at which the attributes begin.
    pub(super) attributes: usize,
    /// No key with this index or a higher one is among the attributes yet. This is [`NONE`] if that
    /// is not known.
    pub(super) next_index: usize,
    /// The number of attributes that were written by their index.
    pub(super) indexed: usize,
    /// The number of other attributes, not counting those of the template.
    pub(super) others: usize,
    /// `true` if the other attributes so far are those that the template expects, in its order.
    pub(super) is_expected: bool,
    pub(super) found: Found<'r>,
}

/// Items that may occur several times in a record. The last one counts.
#[derive(Default)]
pub(super) struct Found<'r> {
    name: Option<Text<'r>>,
    trace_state: Option<Text<'r>>,
    description: Option<Text<'r>>,
    /// The failure, unless another event came after it.
    failure: Option<Failure<'r>>,
    /// The numbers of attributes, events and links that were dropped.
    dropped: [u32; 3],
}

impl<'r> Rest<'_, 'r> {
    /// Appends everything but the status, and returns the description of the status.
    #[inline(never)]
    pub(super) fn put(
        mut self,
        items: Items<'r>,
        span: Ended<'_>,
        template: &mut Template,
        kept: Option<Kept>,
    ) -> Option<Text<'r>> {
        self.items(items, template);
        if self.others > template.most_others {
            template.most_others = self.others;
            template.learn(positions::keys(&self.out[self.attributes..]), self.indexed);
        }
        self.end(span, kept);
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
        self.look_up(key.bytes(), value, template);
    }

    /// Returns the call site's key with this index, if it cannot be among the attributes yet.
    #[inline]
    fn expected<'t>(&mut self, index: u8, template: &'t Template) -> Option<&'t Key> {
        let index = usize::from(index);
        let key = template.indexed.get(index);
        let key = key.filter(|_| index >= self.next_index)?;
        self.next_index = index + 1;
        self.indexed += 1;
        Some(key)
    }

    /// Appends an attribute, or replaces the one with the same key. It looks for an attribute with
    /// this key only if the template did not expect the key here.
    fn look_up(&mut self, key: &[u8], value: &Stored<'_>, template: &Template) {
        self.next_index = NONE;
        match template.expected(self.others, key) {
            Some(known) if self.is_expected => {
                values::put_keyed(self.out, ATTRIBUTE, known.field(), value);
                self.others += 1;
            }
            _ => {
                self.is_expected = false;
                self.set(key, value);
            }
        }
    }

    /// Appends an attribute, or replaces the one with the same key.
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
                // Events keep their order.
                if let Some(failure) = self.found.failure.take() {
                    events::put_exception(self.behind, failure);
                }
                events::put_event(self.behind, event);
            }
            Item::Link(link) => events::put_link(self.behind, link),
        }
    }

    /// Appends the fields that follow the attributes.
    #[inline]
    fn end(&mut self, span: Ended<'_>, kept: Option<Kept>) {
        if let Some(kept) = kept {
            self.kept(span, kept);
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

    /// Appends the reason and the trace state of a span that adaptive sampling has kept.
    #[cold]
    fn kept(&mut self, span: Ended<'_>, kept: Kept) {
        if span.is_local_root() {
            let reason = values::text(kept.reason.name());
            values::attribute(self.out, ATTRIBUTE, Reason::KEY.as_bytes(), &reason);
        }
        let state = self.found.trace_state.map_or("", Text::as_str);
        let state = kept.state(&state.parse().unwrap_or_default()).header();
        if !state.is_empty() {
            wire::field(self.out, TRACE_STATE, state.as_bytes());
        }
    }
}
