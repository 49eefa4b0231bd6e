//! A span as bytes: what a thread writes while the span lives, and hands to the background thread when it ends.
//!
//! `layout.rs` says how; `items.rs` is the other side.

use std::collections::HashSet;

use opentelemetry::KeyValue;
use opentelemetry::trace::{SpanContext, SpanId, SpanKind, TraceFlags, TraceId, TraceState};

use crate::attributes::Exception;
use crate::sdk::clock::Time;
use crate::sdk::compact::{compact, remove};
use crate::sdk::items::Item;
use crate::sdk::layout::{at, bits, key, status, tag, value};
use crate::sdk::limits::{Limits, cut};
use crate::site::{CODE_KEYS, CallSite};
use crate::value::ValueRef;

/// No span is larger; what would make it so is dropped and counted.
const MAX_BYTES: usize = 256 * 1024;
/// The characters that are kept of a name.
const MAX_NAME: usize = 16 * 1024;
/// How many attributes may be set again at the limit, before what they replaced is taken out.
const SET_AGAIN: u32 = 128;

/// What a span starts with.
pub(crate) struct Start<'a> {
    pub(crate) context: &'a SpanContext,
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
    attributes: u32,
    events: u32,
    links: u32,
    dropped_attributes: u32,
    dropped_events: u32,
    dropped_links: u32,
    /// What is known of a record that was full once.
    full: Option<Box<Full>>,
}

/// A record that has as many attributes as it may have, or as many bytes.
#[derive(Debug)]
struct Full {
    /// The keys of its attributes.
    keys: HashSet<Box<[u8]>>,
    /// The bytes that were left when what had been set again was last taken out.
    bytes: usize,
}

impl Full {
    fn has(&self, key: &str) -> bool {
        self.keys.contains(key.as_bytes())
    }
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
    #[inline]
    pub(crate) fn begin(&mut self, start: &Start<'_>) {
        self.clear();
        let context = start.context;
        let (time, of_time) = match start.time {
            Time::Ticks(ticks) => (ticks, 0),
            Time::Given(nanoseconds) => (nanoseconds, bits::START_GIVEN),
        };
        if let Some(header) = self.bytes.first_chunk_mut::<{ at::ITEMS }>() {
            header[at::BITS] = start.bits | of_time;
            header[at::KIND] = start.kind;
            header[at::FLAGS] = context.trace_flags().to_u8();
            header[at::STATUS] = 0;
            header[at::TRACE..at::SPAN].copy_from_slice(&context.trace_id().to_bytes());
            header[at::SPAN..at::PARENT].copy_from_slice(&context.span_id().to_bytes());
            header[at::PARENT..at::START].copy_from_slice(&start.parent.to_bytes());
            header[at::START..at::END].copy_from_slice(&time.to_le_bytes());
            header[at::SITE..at::SCOPE].copy_from_slice(&start.site.to_le_bytes());
            header[at::SCOPE..at::ITEMS].copy_from_slice(&start.scope.to_le_bytes());
        }
        if start.site != 0 {
            self.attributes = length(CODE_KEYS.len());
        }
        if *context.trace_state() != TraceState::NONE {
            self.trace_state(context.trace_state());
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

    /// The span's context, without its trace state, and the id of the span above.
    #[cold]
    pub(crate) fn contexts(&self) -> (SpanContext, SpanId) {
        let bytes = self.bytes.first_chunk::<{ at::ITEMS }>();
        let bytes = bytes.copied().unwrap_or([0; at::ITEMS]);
        let id = |at: usize| SpanId::from_bytes(array(&bytes, at));
        let context = SpanContext::new(
            TraceId::from_bytes(array(&bytes, at::TRACE)),
            id(at::SPAN),
            TraceFlags::new(bytes[at::FLAGS]),
            false,
            TraceState::NONE,
        );
        (context, id(at::PARENT))
    }

    #[cold]
    fn trace_state(&mut self, state: &TraceState) {
        if state.into_iter().len() != 0 {
            self.item(tag::TRACE_STATE, &state.header());
        }
    }

    /// Sets the name, which replaces any other.
    pub(crate) fn name(&mut self, name: &str) {
        if self.bytes[at::BITS] & bits::NAMED != 0 {
            remove(&mut self.bytes, |item| matches!(item, Item::Name(_)));
        }
        self.bytes[at::BITS] |= bits::NAMED;
        self.item(tag::NAME, cut(name, MAX_NAME));
    }

    #[inline]
    pub(crate) fn attribute(&mut self, limits: &Limits, key: &str, value: &ValueRef<'_>) {
        self.attribute_with(limits, key, |record| {
            record.item(tag::ATTRIBUTE, key);
            record.attribute_value(limits, value)
        });
    }

    /// An attribute of the call site's.
    #[inline]
    pub(crate) fn attribute_at(
        &mut self,
        limits: &Limits,
        site: &'static CallSite,
        index: u8,
        value: &ValueRef<'_>,
    ) {
        self.attribute_with(limits, site.key(index), |record| {
            let [a, b, c, d] = (key::INDEXED | u32::from(index)).to_le_bytes();
            record
                .bytes
                .extend_from_slice(&[tag::ATTRIBUTE, a, b, c, d]);
            record.attribute_value(limits, value)
        });
    }

    /// Adds the attribute that `write` writes, which says whether it has a value.
    #[inline]
    pub(crate) fn attribute_with(
        &mut self,
        limits: &Limits,
        key: &str,
        write: impl FnOnce(&mut Record) -> bool,
    ) {
        if self.attributes >= limits.attributes && !self.has_room_for(limits, key) {
            return;
        }
        let before = self.bytes.len();
        if !write(self) {
            return self.bytes.truncate(before);
        }
        if self.bytes.len() <= MAX_BYTES || self.fits_compacted(before) {
            self.attributes += 1;
        } else {
            self.dropped_attributes += 1;
        }
    }

    /// Returns whether there is one.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "some 40 instructions less for two")]
    fn attribute_value(&mut self, limits: &Limits, value: &ValueRef<'_>) -> bool {
        match value {
            ValueRef::None => return false,
            ValueRef::I64(value) => self.number(value::I64, value.to_le_bytes()),
            ValueRef::Str(text) => self.item(value::TEXT, limits.cut(text)),
            other => self.value(limits, other),
        }
        true
    }

    /// An attribute as the API has it.
    #[inline(never)]
    pub(crate) fn api_attribute(&mut self, limits: &Limits, attribute: &KeyValue) {
        let value = ValueRef::Owned(attribute.value.clone());
        self.attribute(limits, attribute.key.as_str(), &value);
    }

    pub(crate) fn event(
        &mut self,
        limits: &Limits,
        name: &str,
        time: Time,
        attributes: &[KeyValue],
    ) {
        self.event_with(limits, |record| {
            record.item(tag::EVENT, name);
            record.time(time);
            record.attributes_of_item(limits, limits.event_attributes, attributes);
        });
    }

    /// An exception that ends the span: its event, `error.type` and the status. Returns whether that could be written as one.
    pub(crate) fn failure(&mut self, limits: &Limits, exception: &Exception<'_>) -> bool {
        let has_room = self.events < limits.events
            && self.attributes < limits.attributes
            && exception.attributes().count() <= limits.event_attributes as usize;
        if !has_room || self.bytes[at::STATUS] != 0 {
            return false;
        }
        let before = self.bytes.len();
        self.bytes.push(tag::FAILURE);
        self.exception_body(limits, exception);
        let fits = self.fits(before);
        if fits {
            self.bytes[at::STATUS] = status::ERROR;
            self.events += 1;
            self.attributes += 1;
        }
        fits
    }

    /// The event of an exception.
    pub(crate) fn exception(&mut self, limits: &Limits, exception: &Exception<'_>) {
        self.event_with(limits, |record| {
            record.item(tag::EVENT, Exception::EVENT);
            record.exception_body(limits, exception);
        });
    }

    fn exception_body(&mut self, limits: &Limits, exception: &Exception<'_>) {
        self.time(Time::now());
        let all = exception.attributes().count();
        let kept = all.min(limits.event_attributes as usize);
        self.counts(kept, all - kept);
        // In the order of `key::KNOWN`.
        let parts = [
            Some(exception.type_name),
            exception.message,
            exception.stacktrace,
        ];
        let parts = (key::OURS..).zip(parts);
        for (number, value) in parts
            .filter_map(|(number, part)| Some((number, part?)))
            .take(kept)
        {
            self.bytes.extend_from_slice(&number.to_le_bytes());
            self.item(value::TEXT, limits.cut(value));
        }
    }

    /// Adds the event that `write` writes.
    pub(crate) fn event_with(&mut self, limits: &Limits, write: impl FnOnce(&mut Record)) {
        if self.events >= limits.events {
            self.dropped_events += 1;
            return;
        }
        let before = self.bytes.len();
        write(self);
        if self.fits(before) {
            self.events += 1;
        } else {
            self.dropped_events += 1;
        }
    }

    fn time(&mut self, time: Time) {
        let (is_given, number) = match time {
            Time::Ticks(ticks) => (false, ticks),
            Time::Given(nanoseconds) => (true, nanoseconds),
        };
        self.bytes.push(u8::from(is_given));
        self.bytes.extend_from_slice(&number.to_le_bytes());
    }

    pub(crate) fn link(&mut self, limits: &Limits, to: &SpanContext, attributes: &[KeyValue]) {
        self.link_with(limits, |record| {
            record.item(tag::LINK, &to.trace_state().header());
            record.bytes.extend_from_slice(&to.trace_id().to_bytes());
            record.bytes.extend_from_slice(&to.span_id().to_bytes());
            let flags = [to.trace_flags().to_u8(), u8::from(to.is_remote())];
            record.bytes.extend_from_slice(&flags);
            record.attributes_of_item(limits, limits.link_attributes, attributes);
        });
    }

    /// Adds the link that `write` writes.
    pub(crate) fn link_with(&mut self, limits: &Limits, write: impl FnOnce(&mut Record)) {
        if self.links >= limits.links {
            self.dropped_links += 1;
            return;
        }
        let before = self.bytes.len();
        write(self);
        if self.fits(before) {
            self.links += 1;
        } else {
            self.dropped_links += 1;
        }
    }

    /// Sets the status, by the order `Ok > Error > Unset`; `Ok` is final.
    pub(crate) fn status(&mut self, limits: &Limits, status: u8, description: &str) {
        let current = self.bytes[at::STATUS];
        if current == status::OK || status < current {
            return;
        }
        self.bytes[at::STATUS] = status;
        if status == status::ERROR {
            if current == status::ERROR {
                remove(&mut self.bytes, |item| matches!(item, Item::Description(_)));
            }
            let before = self.bytes.len();
            self.item(tag::DESCRIPTION, limits.cut(description));
            self.fits(before);
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

    /// Whether an attribute may be added at the limit: if it replaces one of the same key, or if others were replaced before.
    ///
    /// To find that out by reading the whole record each time would cost microseconds.
    #[cold]
    #[inline(never)]
    fn has_room_for(&mut self, limits: &Limits, key: &str) -> bool {
        let is_due = match &self.full {
            None => true,
            Some(full) if full.has(key) => {
                self.attributes >= limits.attributes.saturating_add(SET_AGAIN)
            }
            Some(full) => full.keys.len() < limits.attributes as usize,
        };
        if is_due {
            self.compact();
        }
        let has_room = self.attributes < limits.attributes
            || self.full.as_ref().is_some_and(|full| full.has(key));
        if !has_room {
            self.dropped_attributes += 1;
        }
        has_room
    }

    /// Whether an attribute that makes the span too large fits when what was set again is taken out; else it is taken back.
    #[cold]
    #[inline(never)]
    fn fits_compacted(&mut self, before: usize) -> bool {
        // Where that gave little room, it is not tried for every attribute.
        let is_hopeless = |full: &Full| full.bytes > MAX_BYTES / 4 * 3;
        if self.full.as_deref().is_some_and(is_hopeless) {
            self.bytes.truncate(before);
            return false;
        }
        let attribute = self.bytes.split_off(before);
        self.compact();
        let before = self.bytes.len();
        self.bytes.extend_from_slice(&attribute);
        self.fits(before)
    }

    /// Takes out the attributes that were set again later.
    fn compact(&mut self) {
        let compacted = compact(&self.bytes);
        self.bytes = compacted.bytes;
        self.attributes = length(compacted.keys.len());
        self.full = Some(Box::new(Full {
            keys: compacted.keys,
            bytes: self.bytes.len(),
        }));
    }

    /// Whether the span is still of a size that is kept; else what was written since `before` is taken back.
    #[inline]
    fn fits(&mut self, before: usize) -> bool {
        let fits = self.bytes.len() <= MAX_BYTES;
        if !fits {
            self.bytes.truncate(before);
        }
        fits
    }

    fn attributes_of_item(&mut self, limits: &Limits, most: u32, attributes: &[KeyValue]) {
        let kept = attributes.len().min(most as usize);
        let dropped = attributes.len() - kept;
        self.counts(kept, dropped);
        for KeyValue { key, value, .. } in &attributes[..kept] {
            self.text(key.as_str());
            self.owned_value(limits, value);
        }
    }

    fn counts(&mut self, kept: usize, dropped: usize) {
        self.bytes.extend_from_slice(&length(kept).to_le_bytes());
        self.bytes.extend_from_slice(&length(dropped).to_le_bytes());
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
