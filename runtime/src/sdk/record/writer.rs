//! A span as bytes: what a thread writes while the span lives, and hands to the background thread when it ends.
//!
//! `layout.rs` says how; `items.rs` is the other side.

use opentelemetry::KeyValue;
use opentelemetry::trace::{SpanContext, SpanId, SpanKind, TraceFlags, TraceId, TraceState};

use super::at_limit::{Full, MAX_BYTES};
use super::compact::remove;
use super::items::Item;
use super::layout::{at, bits, tag};
use super::limits::{Limits, cut};
use super::write_values::Indexed;
use crate::attributes::ValueRef;
use crate::sdk::clock::Time;
use crate::site::{CODE_KEYS, CallSite};

/// The characters that are kept of a name.
const MAX_NAME: usize = 16 * 1024;

/// What a span starts with.
pub(crate) struct Start {
    pub(crate) trace_id: TraceId,
    pub(crate) span_id: SpanId,
    pub(crate) flags: TraceFlags,
    pub(crate) parent: SpanId,
    pub(crate) bits: u8,
    pub(crate) kind: u8,
    pub(crate) time: Time,
    pub(crate) site: u32,
    pub(crate) scope: u32,
}

/// A span that is being written.
#[derive(Debug, Default)]
pub(crate) struct Record {
    pub(crate) bytes: Vec<u8>,
    /// Its attributes, with those of its call site.
    pub(super) attributes: u32,
    pub(super) events: u32,
    pub(super) links: u32,
    pub(super) dropped_attributes: u32,
    pub(super) dropped_events: u32,
    pub(super) dropped_links: u32,
    /// What is known of a record that was full once.
    pub(super) full: Option<Box<Full>>,
}

impl Record {
    /// A record in this memory, to be begun.
    pub(crate) fn in_memory(bytes: Vec<u8>) -> Record {
        Record {
            bytes,
            ..Record::default()
        }
    }

    pub(crate) fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    /// Begins, whatever it was.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "what it begins with is not put into memory to be read again"
    )]
    pub(crate) fn begin(&mut self, start: &Start) {
        self.clear();
        let (time, of_time) = match start.time {
            Time::Ticks(ticks) => (ticks, 0),
            Time::Given(nanoseconds) => (nanoseconds, bits::START_GIVEN),
        };
        if let Some(header) = self.bytes.first_chunk_mut::<{ at::ITEMS }>() {
            header[at::BITS] = start.bits | of_time;
            header[at::KIND] = start.kind;
            header[at::FLAGS] = start.flags.to_u8();
            header[at::STATUS] = 0;
            header[at::TRACE..at::SPAN].copy_from_slice(&start.trace_id.to_bytes());
            header[at::SPAN..at::PARENT].copy_from_slice(&start.span_id.to_bytes());
            header[at::PARENT..at::START].copy_from_slice(&start.parent.to_bytes());
            header[at::START..at::END].copy_from_slice(&time.to_le_bytes());
            header[at::SITE..at::SCOPE].copy_from_slice(&start.site.to_le_bytes());
            header[at::SCOPE..at::ITEMS].copy_from_slice(&start.scope.to_le_bytes());
        }
        if start.site != 0 {
            self.attributes = length(CODE_KEYS.len());
        }
    }

    /// Begins as one that is to be merged into another.
    pub(crate) fn begin_side(&mut self) {
        self.clear();
        self.bytes.fill(0);
    }

    /// Forgets all but the header, which is there then.
    #[inline]
    fn clear(&mut self) {
        if self.bytes.len() < at::ITEMS {
            self.bytes.resize(at::ITEMS, 0);
        }
        self.bytes.truncate(at::ITEMS);
        self.attributes = 0;
        self.events = 0;
        self.links = 0;
        self.dropped_attributes = 0;
        self.dropped_events = 0;
        self.dropped_links = 0;
        if self.full.is_some() {
            self.full = None;
        }
    }

    /// The span's context, without its trace state.
    #[cold]
    pub(crate) fn context(&self) -> SpanContext {
        let header = self.header();
        SpanContext::new(
            TraceId::from_bytes(array(&header, at::TRACE)),
            SpanId::from_bytes(array(&header, at::SPAN)),
            TraceFlags::new(header[at::FLAGS]),
            false,
            TraceState::NONE,
        )
    }

    /// The span's id, and that of the span above.
    pub(crate) fn ids(&self) -> (SpanId, SpanId) {
        let header = self.header();
        let id = |at: usize| SpanId::from_bytes(array(&header, at));
        (id(at::SPAN), id(at::PARENT))
    }

    #[inline]
    fn header(&self) -> [u8; at::ITEMS] {
        self.bytes.first_chunk().copied().unwrap_or([0; at::ITEMS])
    }

    #[cold]
    pub(crate) fn trace_state(&mut self, state: &TraceState) {
        if state.into_iter().len() != 0 {
            self.item(tag::TRACE_STATE, &state.header());
        }
    }

    /// Returns whether it has a name of its own.
    pub(crate) fn is_named(&self) -> bool {
        self.bytes[at::BITS] & bits::NAMED != 0
    }

    /// Sets the name, which replaces any other.
    pub(crate) fn name(&mut self, name: &str) {
        if self.is_named() {
            remove(&mut self.bytes, |item| matches!(item, Item::Name(_)));
        }
        self.bytes[at::BITS] |= bits::NAMED;
        self.item(tag::NAME, cut(name, MAX_NAME));
    }

    /// Sets an attribute.
    #[inline]
    pub(crate) fn attribute(&mut self, limits: &Limits, key: &str, value: &ValueRef<'_>) {
        if matches!(value, ValueRef::None) {
            return;
        }
        self.attribute_with(
            limits,
            || key,
            |record| {
                record.item(tag::ATTRIBUTE, key);
                record.value(limits, value);
            },
        );
    }

    /// An attribute as the API has it.
    #[inline(never)]
    pub(crate) fn api_attribute(&mut self, limits: &Limits, attribute: &KeyValue) {
        let key = attribute.key.as_str();
        self.attribute_with(
            limits,
            || key,
            |record| {
                record.item(tag::ATTRIBUTE, key);
                record.owned_value(limits, &attribute.value);
            },
        );
    }

    /// An attribute of the call site's.
    #[inline]
    pub(crate) fn attribute_at(
        &mut self,
        limits: &Limits,
        site: &'static CallSite,
        index: u8,
        value: impl Indexed,
    ) {
        if self.has_room_at_once(limits, value.size(limits)) {
            value.write(self, limits, index);
            self.attributes += 1;
        } else {
            self.attribute_at_a_bound(limits, site, index, value);
        }
    }

    /// Whether there is room for an attribute of this size, without a look at the others, and in the memory that is there.
    #[inline]
    fn has_room_at_once(&self, limits: &Limits, size: Option<usize>) -> bool {
        let Some(size) = size else {
            return false;
        };
        let length = self.bytes.len();
        self.attributes < limits.attributes
            && length + size <= MAX_BYTES
            && self.bytes.capacity() - length >= size
    }

    #[cold]
    #[inline(never)]
    fn attribute_at_a_bound(
        &mut self,
        limits: &Limits,
        site: &'static CallSite,
        index: u8,
        value: impl Indexed,
    ) {
        let write = |record: &mut Record| value.write(record, limits, index);
        self.attribute_with(limits, || site.key(index), write);
    }

    /// Adds the attribute that `write` writes.
    #[inline]
    pub(crate) fn attribute_with<'k>(
        &mut self,
        limits: &Limits,
        key: impl FnOnce() -> &'k str,
        write: impl FnOnce(&mut Record),
    ) {
        if self.attributes >= limits.attributes && !self.has_room_for(limits, key()) {
            return;
        }
        let before = self.bytes.len();
        write(self);
        if self.bytes.len() <= MAX_BYTES || self.fits_compacted(before) {
            self.attributes += 1;
        } else {
            self.dropped_attributes += 1;
        }
    }

    /// Ends the span; these are its bytes.
    #[inline]
    pub(crate) fn end(&mut self, end: Time) -> &[u8] {
        if self.dropped_attributes | self.dropped_events | self.dropped_links != 0 {
            self.count_dropped();
        }
        self.fill_word();
        let length = length(self.bytes.len());
        if let Some(header) = self.bytes.first_chunk_mut::<{ at::ITEMS }>() {
            let (time, of_time) = match end {
                Time::Ticks(ticks) => (ticks, 0),
                Time::Given(nanoseconds) => (nanoseconds, bits::END_GIVEN),
            };
            header[at::BITS] |= of_time;
            header[at::END..at::SITE].copy_from_slice(&time.to_le_bytes());
            header[at::LENGTH..at::BITS].copy_from_slice(&length.to_le_bytes());
        }
        &self.bytes
    }

    /// A ring takes whole words. A zero is no item.
    #[inline]
    fn fill_word(&mut self) {
        let length = self.bytes.len();
        if !length.is_multiple_of(8) {
            self.bytes.extend_from_slice(&[0; 8]);
            self.bytes.truncate(length.next_multiple_of(8));
        }
    }

    /// Adds what another record counted as dropped.
    pub(crate) fn add_dropped(&mut self, other: &Record) {
        self.dropped_attributes += other.dropped_attributes;
        self.dropped_events += other.dropped_events;
        self.dropped_links += other.dropped_links;
    }

    /// The memory, for another span.
    pub(crate) fn into_memory(self) -> Vec<u8> {
        self.bytes
    }

    #[cold]
    fn count_dropped(&mut self) {
        self.bytes.push(tag::DROPPED);
        for dropped in [
            self.dropped_attributes,
            self.dropped_events,
            self.dropped_links,
        ] {
            self.bytes.extend_from_slice(&dropped.to_le_bytes());
        }
    }

    /// Adds bytes of a number that the compiler knows, so that nothing is called for it.
    #[inline]
    pub(crate) fn extend<const N: usize>(&mut self, bytes: [u8; N]) {
        self.bytes.extend_from_slice(&bytes);
    }

    #[inline]
    pub(crate) fn item(&mut self, tag: u8, text: &str) {
        let mut head = [tag; 5];
        head[1..].copy_from_slice(&length(text.len()).to_le_bytes());
        self.bytes.extend_from_slice(&head);
        self.bytes.extend_from_slice(text.as_bytes());
    }

    #[inline]
    pub(crate) fn text(&mut self, text: &str) {
        self.bytes
            .extend_from_slice(&length(text.len()).to_le_bytes());
        self.bytes.extend_from_slice(text.as_bytes());
    }
}

/// The bytes at this place.
fn array<const N: usize>(bytes: &[u8; at::ITEMS], at: usize) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(&bytes[at..at + N]);
    array
}

/// Lengths that do not fit are those of what is dropped for its size.
pub(crate) fn length(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// The number of a kind.
pub(crate) fn kind(kind: &SpanKind) -> u8 {
    match kind {
        SpanKind::Internal => 1,
        SpanKind::Server => 2,
        SpanKind::Client => 3,
        SpanKind::Producer => 4,
        SpanKind::Consumer => 5,
    }
}
