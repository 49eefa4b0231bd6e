//! Writes a record: its header, its items, and its end.
//!
//! Attributes are in `write_attributes`, their values in `write_values`, and everything else that a
//! span may have in `write_events`.

use opentelemetry::trace::{SpanContext, SpanId, TraceFlags, TraceId, TraceState};

use super::compact::{Compaction, remove};
use super::items::Item;
use super::layout::{at, bits, length, tag};
use super::limits::cut;
use crate::sdk::clock::Time;
use crate::site::CODE_KEYS;

/// The maximum length of a name, in characters. A longer name is cut.
const MAX_NAME: usize = 16 * 1024;

/// The values that a record begins with.
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

/// The record of a span that is open.
#[derive(Debug, Default)]
pub(crate) struct Record {
    pub(crate) bytes: Vec<u8>,
    /// The number of attributes, including `code.*`. An attribute that was set twice counts twice
    /// until the record is compacted.
    pub(super) attributes: u32,
    pub(super) events: u32,
    pub(super) links: u32,
    pub(super) dropped_attributes: u32,
    pub(super) dropped_events: u32,
    pub(super) dropped_links: u32,
    /// The last compaction, if the record ever reached a limit.
    pub(super) compaction: Option<Box<Compaction>>,
}

impl Record {
    /// Creates a record in this memory. [`begin`](Record::begin) makes it ready for a span.
    pub(crate) fn in_memory(bytes: Vec<u8>) -> Record {
        Record {
            bytes,
            ..Record::default()
        }
    }

    pub(crate) fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    /// Begins a new span in place of the previous one.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "keeps `start` in registers instead of in memory"
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

    /// Begins a record that is to be merged into another one.
    pub(crate) fn begin_side(&mut self) {
        self.clear();
        self.bytes.fill(0);
    }

    /// Removes everything but the header, and gives the header its full size.
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
        if self.compaction.is_some() {
            self.compaction = None;
        }
    }

    /// Returns the span's context, without its trace state.
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

    /// Returns the ids of the span and of its parent.
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

    /// Returns `true` if the span has its own name instead of its call site's.
    pub(crate) fn is_named(&self) -> bool {
        self.bytes[at::BITS] & bits::NAMED != 0
    }

    /// Sets the name, cut to its maximum length, replacing any name that was set before.
    pub(crate) fn name(&mut self, name: &str) {
        if self.is_named() {
            remove(&mut self.bytes, |item| matches!(item, Item::Name(_)));
        }
        self.bytes[at::BITS] |= bits::NAMED;
        self.item(tag::NAME, cut(name, MAX_NAME));
    }

    /// Ends the span, and returns the bytes of its record.
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

    /// Pads the record with zeros to whole words, which a ring requires. No item has the tag 0.
    #[inline]
    fn fill_word(&mut self) {
        let length = self.bytes.len();
        if !length.is_multiple_of(8) {
            self.bytes.extend_from_slice(&[0; 8]);
            self.bytes.truncate(length.next_multiple_of(8));
        }
    }

    /// Adds the numbers of items that another record has dropped.
    pub(crate) fn add_dropped(&mut self, other: &Record) {
        self.dropped_attributes += other.dropped_attributes;
        self.dropped_events += other.dropped_events;
        self.dropped_links += other.dropped_links;
    }

    /// Returns the memory, to be used for the record of another span.
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

    /// Appends an array. The compiler knows its size, so this calls no `memcpy`.
    #[inline]
    pub(super) fn extend<const N: usize>(&mut self, bytes: [u8; N]) {
        self.bytes.extend_from_slice(&bytes);
    }

    /// Appends a tag and a text.
    #[inline]
    pub(super) fn item(&mut self, tag: u8, text: &str) {
        let mut head = [tag; 5];
        head[1..].copy_from_slice(&length(text.len()).to_le_bytes());
        self.bytes.extend_from_slice(&head);
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// Appends a text.
    #[inline]
    pub(super) fn text(&mut self, text: &str) {
        self.bytes
            .extend_from_slice(&length(text.len()).to_le_bytes());
        self.bytes.extend_from_slice(text.as_bytes());
    }
}

/// Returns the bytes of a header's field.
fn array<const N: usize>(bytes: &[u8; at::ITEMS], at: usize) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(&bytes[at..at + N]);
    array
}
