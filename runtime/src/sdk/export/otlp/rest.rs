//! A span's message: the items that only some spans have.

use opentelemetry::trace::TraceState;

use super::fields::{
    ATTRIBUTE, DROPPED_ATTRIBUTES, DROPPED_EVENTS, DROPPED_LINKS, NAME, TRACE_STATE,
};
use super::template::{Key, Template};
use super::{events, positions, values, wire};
use crate::sdk::record::{self, Ended, Failure, Item, Items, Stored, Text};
use crate::sdk::sampling::{Reason, state_as_kept};

/// An index that is larger than any key's.
const NONE: usize = 1 << 8;

/// Puts the items of a span that were not put yet.
pub(super) struct Rest<'w, 'r> {
    pub(super) out: &'w mut Vec<u8>,
    /// What comes behind the attributes. They stand together, so that a key can be looked up in
    /// them.
    pub(super) behind: &'w mut Vec<u8>,
    /// Where the attributes begin in `out`.
    pub(super) attributes: usize,
    /// The lowest index whose key cannot be among the attributes yet, or [`NONE`].
    pub(super) next_index: usize,
    /// How many attributes have come by index.
    pub(super) indexed: usize,
    /// How many other attributes there are, without those of the template.
    pub(super) others: usize,
    /// Says that the other attributes came as expected so far.
    pub(super) is_expected: bool,
    pub(super) found: Found<'r>,
}

/// Items that may come several times in a record; the last one counts.
#[derive(Default)]
pub(super) struct Found<'r> {
    name: Option<Text<'r>>,
    trace_state: Option<Text<'r>>,
    description: Option<Text<'r>>,
    /// The failure, unless another event came after it.
    failure: Option<Failure<'r>>,
    /// How many attributes, events and links were dropped.
    dropped: [u32; 3],
}

impl<'r> Rest<'_, 'r> {
    /// Puts everything but the status, and returns the description of the status.
    #[inline(never)]
    pub(super) fn put(
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
        self.look_up(key.bytes(), value, template);
    }

    /// Returns the call site's key of this index, if it cannot be among the attributes yet.
    #[inline]
    fn expected<'t>(&mut self, index: u8, template: &'t Template) -> Option<&'t Key> {
        let index = usize::from(index);
        let key = template.indexed.get(index);
        let key = key.filter(|_| index >= self.next_index)?;
        self.next_index = index + 1;
        self.indexed += 1;
        Some(key)
    }

    /// Puts an attribute whose key may be among the attributes already, unless it is the expected
    /// one.
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

    /// Puts an attribute, in place of one that has the same key.
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

    /// Puts what only a span has whose trace was kept at its end.
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
