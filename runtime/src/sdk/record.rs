//! A span as bytes: what a thread writes while the span lives, and hands to the background thread when it ends.
//!
//! A header of fixed size, then items in the order in which they came: a tag, and what the tag says. Integers are little-endian,
//! text is its length and its bytes. `read.rs` is the other side.

use std::collections::HashSet;
use std::time::{SystemTime, UNIX_EPOCH};

use opentelemetry::trace::{SpanContext, SpanId, SpanKind, TraceState};
use opentelemetry::{Array, KeyValue, Value};

use crate::attributes::Exception;
use crate::sdk::compact::{compact, remove};
use crate::sdk::items::Item;
use crate::sdk::limits::{Limits, cut};
use crate::value::ValueRef;

/// The header's size, and where its fields stand.
pub(crate) mod at {
    pub(crate) const LENGTH: usize = 0;
    pub(crate) const BITS: usize = 4;
    pub(crate) const KIND: usize = 5;
    pub(crate) const FLAGS: usize = 6;
    pub(crate) const STATUS: usize = 7;
    pub(crate) const TRACE: usize = 8;
    pub(crate) const SPAN: usize = 24;
    pub(crate) const PARENT: usize = 32;
    pub(crate) const START: usize = 40;
    pub(crate) const END: usize = 48;
    /// The call site's number, 0 for none.
    pub(crate) const SITE: usize = 56;
    pub(crate) const SCOPE: usize = 60;
    pub(crate) const ITEMS: usize = 64;
}

pub(crate) mod bits {
    /// The first span of its trace in this process.
    pub(crate) const LOCAL_ROOT: u8 = 1;
    pub(crate) const REMOTE_PARENT: u8 = 2;
    /// The times were given by the user, by the wall clock.
    pub(crate) const START_GIVEN: u8 = 4;
    pub(crate) const END_GIVEN: u8 = 8;
    /// It has a name of its own.
    pub(crate) const NAMED: u8 = 16;
}

pub(crate) mod tag {
    pub(crate) const NAME: u8 = 1;
    pub(crate) const TRACE_STATE: u8 = 2;
    pub(crate) const ATTRIBUTE: u8 = 3;
    pub(crate) const EVENT: u8 = 4;
    pub(crate) const LINK: u8 = 5;
    pub(crate) const DESCRIPTION: u8 = 6;
    pub(crate) const DROPPED: u8 = 7;
}

pub(crate) mod value {
    pub(crate) const FALSE: u8 = 0;
    pub(crate) const TRUE: u8 = 1;
    pub(crate) const I64: u8 = 2;
    pub(crate) const F64: u8 = 3;
    pub(crate) const TEXT: u8 = 4;
    pub(crate) const BOOLS: u8 = 5;
    pub(crate) const I64S: u8 = 6;
    pub(crate) const F64S: u8 = 7;
    pub(crate) const TEXTS: u8 = 8;
}

/// The status codes in the order of their weight; 0 is unset.
pub(crate) mod status {
    pub(crate) const ERROR: u8 = 1;
    pub(crate) const OK: u8 = 2;
}

/// More than a tag and a number take.
const SMALL: usize = 16;
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
    pub(crate) time: u64,
    pub(crate) site: u32,
    pub(crate) scope: u32,
}

/// When something happened: by our clock, or by the wall clock of whoever said so.
#[derive(Clone, Copy)]
pub(crate) enum Time {
    Monotonic(u64),
    Given(SystemTime),
}

/// A span that is being written.
#[derive(Debug, Default)]
pub(crate) struct Record {
    bytes: Vec<u8>,
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
    /// Begins in `bytes`, whatever they were.
    #[inline]
    pub(crate) fn begin(mut bytes: Vec<u8>, start: &Start<'_>) -> Record {
        let mut header = [0; at::ITEMS];
        let context = start.context;
        header[at::BITS] = start.bits;
        header[at::KIND] = start.kind;
        header[at::FLAGS] = context.trace_flags().to_u8();
        header[at::TRACE..at::SPAN].copy_from_slice(&context.trace_id().to_bytes());
        header[at::SPAN..at::PARENT].copy_from_slice(&context.span_id().to_bytes());
        header[at::PARENT..at::START].copy_from_slice(&start.parent.to_bytes());
        header[at::START..at::END].copy_from_slice(&start.time.to_le_bytes());
        header[at::SITE..at::SCOPE].copy_from_slice(&start.site.to_le_bytes());
        header[at::SCOPE..at::ITEMS].copy_from_slice(&start.scope.to_le_bytes());
        bytes.clear();
        bytes.extend_from_slice(&header);
        let mut record = Record {
            bytes,
            ..Record::default()
        };
        if context.trace_state().into_iter().len() != 0 {
            record.trace_state(context.trace_state());
        }
        record
    }

    #[cold]
    fn trace_state(&mut self, state: &TraceState) {
        self.item(tag::TRACE_STATE, &state.header());
    }

    /// What is written so far.
    #[cfg(feature = "tracing")]
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
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
        if self.attributes >= limits.attributes && !self.has_room_for(limits, key) {
            return;
        }
        let before = self.bytes.len();
        self.bytes.reserve(key.len() + 2 * SMALL);
        self.item(tag::ATTRIBUTE, key);
        match value {
            ValueRef::None => return self.bytes.truncate(before),
            ValueRef::I64(value) => self.number(value::I64, value.to_le_bytes()),
            ValueRef::Str(text) => self.item(value::TEXT, limits.cut(text)),
            other => self.value(limits, other),
        }
        if self.bytes.len() <= MAX_BYTES || self.fits_compacted(before) {
            self.attributes += 1;
        } else {
            self.dropped_attributes += 1;
        }
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
        self.event_with(limits, name, time, |record| {
            record.attributes_of_item(limits, limits.event_attributes, attributes);
        });
    }

    /// The event of an exception.
    pub(crate) fn exception(&mut self, limits: &Limits, time: u64, exception: &Exception<'_>) {
        let time = Time::Monotonic(time);
        self.event_with(limits, Exception::EVENT, time, |record| {
            let all = exception.attributes().count();
            let kept = all.min(limits.event_attributes as usize);
            record.counts(kept, all - kept);
            for (key, value) in exception.attributes().take(kept) {
                record.text(key);
                record.value(limits, &ValueRef::Str(value));
            }
        });
    }

    fn event_with(
        &mut self,
        limits: &Limits,
        name: &str,
        time: Time,
        attributes: impl FnOnce(&mut Record),
    ) {
        if self.events >= limits.events {
            self.dropped_events += 1;
            return;
        }
        let before = self.bytes.len();
        self.item(tag::EVENT, name);
        let (is_given, nanoseconds) = match time {
            Time::Monotonic(time) => (false, time),
            Time::Given(time) => (true, nanoseconds(time)),
        };
        self.bytes.push(u8::from(is_given));
        self.bytes.extend_from_slice(&nanoseconds.to_le_bytes());
        attributes(self);
        if self.fits(before) {
            self.events += 1;
        } else {
            self.dropped_events += 1;
        }
    }

    pub(crate) fn link(&mut self, limits: &Limits, to: &SpanContext, attributes: &[KeyValue]) {
        if self.links >= limits.links {
            self.dropped_links += 1;
            return;
        }
        let before = self.bytes.len();
        self.item(tag::LINK, &to.trace_state().header());
        self.bytes.extend_from_slice(&to.trace_id().to_bytes());
        self.bytes.extend_from_slice(&to.span_id().to_bytes());
        let flags = [to.trace_flags().to_u8(), u8::from(to.is_remote())];
        self.bytes.extend_from_slice(&flags);
        self.attributes_of_item(limits, limits.link_attributes, attributes);
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

    /// Ends the span; its bytes may be taken then.
    #[inline]
    pub(crate) fn end(&mut self, end: u64, is_given: bool) -> &mut Vec<u8> {
        if self.dropped_attributes | self.dropped_events | self.dropped_links != 0 {
            self.count_dropped();
        }
        let length = length(self.bytes.len());
        if let Some(header) = self.bytes.first_chunk_mut::<{ at::ITEMS }>() {
            if is_given {
                header[at::BITS] |= bits::END_GIVEN;
            }
            header[at::END..at::SITE].copy_from_slice(&end.to_le_bytes());
            header[at::LENGTH..at::BITS].copy_from_slice(&length.to_le_bytes());
        }
        &mut self.bytes
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
    fn item(&mut self, tag: u8, text: &str) {
        let mut head = [tag; 5];
        head[1..].copy_from_slice(&length(text.len()).to_le_bytes());
        self.bytes.extend_from_slice(&head);
        self.bytes.extend_from_slice(text.as_bytes());
    }

    #[inline]
    fn text(&mut self, text: &str) {
        self.bytes
            .extend_from_slice(&length(text.len()).to_le_bytes());
        self.bytes.extend_from_slice(text.as_bytes());
    }

    #[inline(never)]
    fn value(&mut self, limits: &Limits, value: &ValueRef<'_>) {
        match value {
            ValueRef::None => {}
            ValueRef::Bool(value) => self.bytes.push(u8::from(*value)),
            ValueRef::I64(value) => self.number(value::I64, value.to_le_bytes()),
            ValueRef::F64(value) => self.number(value::F64, value.to_le_bytes()),
            ValueRef::Str(text) => self.item(value::TEXT, limits.cut(text)),
            ValueRef::Owned(value) => self.owned_value(limits, value),
        }
    }

    fn owned_value(&mut self, limits: &Limits, value: &Value) {
        match value {
            Value::Bool(value) => self.bytes.push(u8::from(*value)),
            Value::I64(value) => self.number(value::I64, value.to_le_bytes()),
            Value::F64(value) => self.number(value::F64, value.to_le_bytes()),
            Value::String(text) => self.item(value::TEXT, limits.cut(text.as_str())),
            Value::Array(array) => self.array(limits, array),
            other => self.item(value::TEXT, limits.cut(&other.as_str())),
        }
    }

    fn array(&mut self, limits: &Limits, array: &Array) {
        match array {
            Array::Bool(list) => self.list(value::BOOLS, list, |record, value| {
                record.bytes.push(u8::from(*value));
            }),
            Array::I64(list) => self.list(value::I64S, list, |record, value| {
                record.bytes.extend_from_slice(&value.to_le_bytes());
            }),
            Array::F64(list) => self.list(value::F64S, list, |record, value| {
                record.bytes.extend_from_slice(&value.to_le_bytes());
            }),
            Array::String(list) => self.list(value::TEXTS, list, |record, value| {
                record.text(limits.cut(value.as_str()));
            }),
            other => self.item(value::TEXT, limits.cut(&other.to_string())),
        }
    }

    fn list<T>(&mut self, tag: u8, list: &[T], write: impl Fn(&mut Record, &T)) {
        self.bytes.push(tag);
        self.bytes
            .extend_from_slice(&length(list.len()).to_le_bytes());
        for value in list {
            write(self, value);
        }
    }

    #[inline]
    fn number(&mut self, tag: u8, bytes: [u8; 8]) {
        let mut tagged = [tag; 9];
        tagged[1..].copy_from_slice(&bytes);
        self.bytes.extend_from_slice(&tagged);
    }
}

/// Lengths that do not fit are those of what is dropped for its size.
fn length(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// The number of a kind.
pub(crate) fn kind(kind: &SpanKind) -> u8 {
    match kind {
        SpanKind::Internal => 0,
        SpanKind::Server => 1,
        SpanKind::Client => 2,
        SpanKind::Producer => 3,
        SpanKind::Consumer => 4,
    }
}

/// Nanoseconds since the epoch; times before it are the epoch.
pub(crate) fn nanoseconds(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}
