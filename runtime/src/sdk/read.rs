//! Bytes back into a span; `record.rs` is the other side.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use opentelemetry::trace::{
    Event, Link, SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState,
};
use opentelemetry::{Array, InstrumentationScope, Key, KeyValue, StringValue, Value};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};

use crate::sdk::clock;
use crate::sdk::record::{at, bits, status, tag, value};
use crate::site::{self, CallSite};

/// The header of an ended span, and its items.
#[derive(Clone, Copy)]
pub(crate) struct Ended<'a> {
    bytes: &'a [u8],
}

/// Ended spans, one behind the other.
pub(crate) fn spans(mut bytes: &[u8]) -> impl Iterator<Item = Ended<'_>> {
    std::iter::from_fn(move || {
        let mut reader = Reader { bytes };
        let length = reader.number()? as usize;
        let (span, rest) = bytes.split_at_checked(length)?;
        bytes = rest;
        (length >= at::ITEMS).then_some(Ended { bytes: span })
    })
}

impl<'a> Ended<'a> {
    pub(crate) fn bytes(self) -> &'a [u8] {
        self.bytes
    }

    pub(crate) fn trace_id(self) -> TraceId {
        TraceId::from_bytes(self.array(at::TRACE))
    }

    pub(crate) fn is_local_root(self) -> bool {
        self.bytes[at::BITS] & bits::LOCAL_ROOT != 0
    }

    pub(crate) fn has_remote_parent(self) -> bool {
        self.is(bits::REMOTE_PARENT)
    }

    pub(crate) fn is_sampled(self) -> bool {
        TraceFlags::new(self.bytes[at::FLAGS]).is_sampled()
    }

    pub(crate) fn is_error(self) -> bool {
        self.bytes[at::STATUS] == status::ERROR
    }

    /// In nanoseconds; only of use where both times are of one clock.
    pub(crate) fn duration(self) -> u64 {
        self.u64(at::END).saturating_sub(self.u64(at::START))
    }

    /// The number of its call site, 0 if it has none.
    fn site(self) -> u32 {
        u32::from_le_bytes(self.array(at::SITE))
    }

    pub(crate) fn name(self, known: &mut Known) -> &'a str {
        let own = Items(self.items()).filter_map(|item| match item {
            Item::Name(name) => Some(name),
            _ => None,
        });
        own.last()
            .or_else(|| known.site(self.site()).map(CallSite::name))
            .unwrap_or_default()
    }

    fn items(self) -> Reader<'a> {
        Reader {
            bytes: &self.bytes[at::ITEMS..],
        }
    }

    fn array<const N: usize>(self, at: usize) -> [u8; N] {
        let mut array = [0; N];
        array.copy_from_slice(&self.bytes[at..at + N]);
        array
    }

    fn u64(self, at: usize) -> u64 {
        u64::from_le_bytes(self.array(at))
    }

    fn is(self, bit: u8) -> bool {
        self.bytes[at::BITS] & bit != 0
    }

    fn kind(self) -> SpanKind {
        match self.bytes[at::KIND] {
            1 => SpanKind::Server,
            2 => SpanKind::Client,
            3 => SpanKind::Producer,
            4 => SpanKind::Consumer,
            _ => SpanKind::Internal,
        }
    }

    /// The span as exporters take it.
    pub(crate) fn to_span_data(self, known: &mut Known) -> SpanData {
        let start_time = time(self.u64(at::START), self.is(bits::START_GIVEN));
        let end_time = time(self.u64(at::END), self.is(bits::END_GIVEN));
        let mut data = SpanData {
            span_context: SpanContext::NONE,
            parent_span_id: SpanId::from_bytes(self.array(at::PARENT)),
            parent_span_is_remote: self.is(bits::REMOTE_PARENT),
            span_kind: self.kind(),
            name: Cow::Borrowed(""),
            start_time,
            // The clocks of the two may differ, by a little or by a step.
            end_time: end_time.max(start_time),
            attributes: Vec::with_capacity(8),
            dropped_attributes_count: 0,
            events: SpanEvents::default(),
            links: SpanLinks::default(),
            status: self.status(),
            instrumentation_scope: known.scope(u32::from_le_bytes(self.array(at::SCOPE))),
        };
        if let Some(site) = known.site(self.site()) {
            data.name = Cow::Borrowed(site.name());
            data.attributes
                .extend(site.code_attributes(site.function()));
        }
        let mut trace_state = TraceState::NONE;
        for item in Items(self.items()) {
            match item {
                Item::TraceState(header) => trace_state = header.parse().unwrap_or_default(),
                item => item.apply(&mut data, known),
            }
        }
        data.span_context = self.span_context(trace_state);
        data
    }

    fn span_context(self, trace_state: TraceState) -> SpanContext {
        SpanContext::new(
            self.trace_id(),
            SpanId::from_bytes(self.array(at::SPAN)),
            TraceFlags::new(self.bytes[at::FLAGS]),
            false,
            trace_state,
        )
    }

    fn status(self) -> Status {
        match self.bytes[at::STATUS] {
            status::OK => Status::Ok,
            status::ERROR => Status::error(""),
            _ => Status::Unset,
        }
    }
}

impl Item<'_> {
    fn apply(self, data: &mut SpanData, known: &mut Known) {
        match self {
            Item::TraceState(_) => {}
            Item::Name(name) => data.name = Cow::Owned(name.to_owned()),
            Item::Attribute { key, value } => {
                if let Some(value) = value.read() {
                    set(&mut data.attributes, known.key(key), value);
                }
            }
            Item::Event { name, reader } => {
                data.events.events.extend(event(name, reader, known));
            }
            Item::Link { state, reader } => data.links.links.extend(link(state, reader, known)),
            Item::Description(text) => {
                if let Status::Error { description } = &mut data.status {
                    *description = Cow::Owned(text.to_owned());
                }
            }
            Item::Dropped([attributes, events, links]) => {
                data.dropped_attributes_count = attributes;
                data.events.dropped_count = events;
                data.links.dropped_count = links;
            }
        }
    }
}

/// Sets an attribute; one of the same key gives way.
fn set(attributes: &mut Vec<KeyValue>, key: Key, value: Value) {
    match attributes.iter_mut().find(|known| known.key == key) {
        Some(known) => known.value = value,
        None => attributes.push(KeyValue::new(key, value)),
    }
}

fn time(nanoseconds: u64, is_given: bool) -> SystemTime {
    if is_given {
        clock::given(nanoseconds)
    } else {
        clock::wall(nanoseconds)
    }
}

fn event(name: &str, mut reader: Reader<'_>, known: &mut Known) -> Option<Event> {
    let is_given = reader.byte()? != 0;
    let timestamp = time(u64::from_le_bytes(reader.array()?), is_given);
    let (attributes, dropped) = attributes(&mut reader, known)?;
    Some(Event::new(name.to_owned(), timestamp, attributes, dropped))
}

fn link(state: &str, mut reader: Reader<'_>, known: &mut Known) -> Option<Link> {
    let trace_id = TraceId::from_bytes(reader.array()?);
    let span_id = SpanId::from_bytes(reader.array()?);
    let flags = TraceFlags::new(reader.byte()?);
    let is_remote = reader.byte()? != 0;
    let state = state.parse().unwrap_or_default();
    let (attributes, dropped) = attributes(&mut reader, known)?;
    let context = SpanContext::new(trace_id, span_id, flags, is_remote, state);
    Some(Link::new(context, attributes, dropped))
}

/// The attributes of an event or a link, and how many were dropped.
fn attributes(reader: &mut Reader<'_>, known: &mut Known) -> Option<(Vec<KeyValue>, u32)> {
    let count = reader.number()?;
    let dropped = reader.number()?;
    let mut attributes = Vec::with_capacity(count.min(128) as usize);
    for _ in 0..count {
        let key = known.key(reader.bytes()?);
        let value = reader.value()?.read()?;
        attributes.push(KeyValue::new(key, value));
    }
    Some((attributes, dropped))
}

/// One item behind the header.
enum Item<'a> {
    Name(&'a str),
    TraceState(&'a str),
    Attribute { key: &'a [u8], value: RawValue<'a> },
    Event { name: &'a str, reader: Reader<'a> },
    Link { state: &'a str, reader: Reader<'a> },
    Description(&'a str),
    Dropped([u32; 3]),
}

struct Items<'a>(Reader<'a>);

impl<'a> Iterator for Items<'a> {
    type Item = Item<'a>;

    fn next(&mut self) -> Option<Item<'a>> {
        let reader = &mut self.0;
        match reader.byte()? {
            tag::NAME => Some(Item::Name(reader.text()?)),
            tag::TRACE_STATE => Some(Item::TraceState(reader.text()?)),
            tag::ATTRIBUTE => {
                let key = reader.bytes()?;
                let value = reader.value()?;
                Some(Item::Attribute { key, value })
            }
            tag::EVENT => {
                let name = reader.text()?;
                let reader = reader.nested(EVENT_HEAD)?;
                Some(Item::Event { name, reader })
            }
            tag::LINK => {
                let state = reader.text()?;
                let reader = reader.nested(LINK_HEAD)?;
                Some(Item::Link { state, reader })
            }
            tag::DESCRIPTION => Some(Item::Description(reader.text()?)),
            tag::DROPPED => Some(Item::Dropped([
                reader.number()?,
                reader.number()?,
                reader.number()?,
            ])),
            _ => None,
        }
    }
}

/// What stands before an event's attributes: whether its time was given, and the time.
const EVENT_HEAD: usize = 1 + 8;
/// What stands before a link's attributes: the ids, the flags, whether it is remote.
const LINK_HEAD: usize = 16 + 8 + 1 + 1;

#[derive(Clone, Copy)]
struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*byte)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn number(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.array()?))
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        self.take(length as usize)
    }

    fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    /// An event's or link's own bytes, which this reader passes over.
    fn nested(&mut self, head: usize) -> Option<Reader<'a>> {
        let nested = *self;
        self.take(head)?;
        let count = self.number()?;
        self.number()?;
        for _ in 0..count {
            self.bytes()?;
            self.value()?;
        }
        Some(nested)
    }

    /// A value's bytes, which this reader passes over.
    fn value(&mut self) -> Option<RawValue<'a>> {
        let whole = *self;
        let tag = self.byte()?;
        match tag {
            value::FALSE | value::TRUE => {}
            value::I64 | value::F64 => {
                self.take(8)?;
            }
            value::TEXT => {
                self.bytes()?;
            }
            value::BOOLS => {
                let count = self.number()? as usize;
                self.take(count)?;
            }
            value::I64S | value::F64S => {
                let count = self.number()? as usize;
                self.take(count.checked_mul(8)?)?;
            }
            _ => {
                for _ in 0..self.number()? {
                    self.bytes()?;
                }
            }
        }
        Some(RawValue(whole))
    }

    fn list<T>(&mut self, read: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.number()?;
        (0..count).map(|_| read(self)).collect()
    }
}

struct RawValue<'a>(Reader<'a>);

impl RawValue<'_> {
    fn read(self) -> Option<Value> {
        let mut reader = self.0;
        Some(match reader.byte()? {
            value::FALSE => Value::Bool(false),
            value::TRUE => Value::Bool(true),
            value::I64 => Value::I64(i64::from_le_bytes(reader.array()?)),
            value::F64 => Value::F64(f64::from_le_bytes(reader.array()?)),
            value::TEXT => Value::String(reader.text()?.to_owned().into()),
            value::BOOLS => Value::Array(Array::Bool(
                reader.list(|reader| Some(reader.byte()? != 0))?,
            )),
            value::I64S => Value::Array(Array::I64(
                reader.list(|reader| Some(i64::from_le_bytes(reader.array()?)))?,
            )),
            value::F64S => Value::Array(Array::F64(
                reader.list(|reader| Some(f64::from_le_bytes(reader.array()?)))?,
            )),
            _ => Value::Array(Array::String(
                reader.list(|reader| Some(StringValue::from(reader.text()?.to_owned())))?,
            )),
        })
    }
}

/// A record without the attributes that were set again later.
pub(crate) struct Compacted {
    pub(crate) bytes: Vec<u8>,
    pub(crate) attributes: u32,
}

/// Leaves out what later attributes of the same key replace, and what one of the key `next` is about to.
pub(crate) fn compact(bytes: &[u8], next: &str) -> Compacted {
    let mut kept = Vec::new();
    let mut seen = HashSet::from([next.as_bytes()]);
    let mut items = Items(Reader {
        bytes: &bytes[at::ITEMS..],
    });
    let mut places = Vec::new();
    loop {
        let start = bytes.len() - items.0.bytes.len();
        let Some(item) = items.next() else { break };
        let end = bytes.len() - items.0.bytes.len();
        let key = match item {
            Item::Attribute { key, .. } => Some(key),
            _ => None,
        };
        places.push((start..end, key));
    }
    for (place, key) in places.into_iter().rev() {
        if key.is_none_or(|key| seen.insert(key)) {
            kept.push((place, key.is_some()));
        }
    }
    let mut compacted = Compacted {
        bytes: bytes[..at::ITEMS].to_vec(),
        attributes: 0,
    };
    for (place, is_attribute) in kept.into_iter().rev() {
        compacted.bytes.extend_from_slice(&bytes[place]);
        compacted.attributes += u32::from(is_attribute);
    }
    compacted
}

/// What the reader has seen before, so that it is not made again for each span.
#[derive(Default)]
pub(crate) struct Known {
    keys: HashMap<Box<[u8]>, Key, BuildHasherDefault<ShortHasher>>,
    scopes: Vec<InstrumentationScope>,
    sites: Vec<&'static CallSite>,
}

/// How many keys are remembered; programs use few, hostile ones are not to fill the memory.
const MAX_KEYS: usize = 1_024;

impl Known {
    /// Learns the scopes of a provider, if there are new ones.
    pub(crate) fn learn(&mut self, scopes: &Mutex<Vec<InstrumentationScope>>) {
        let scopes = scopes.lock().unwrap_or_else(PoisonError::into_inner);
        let learnt = self.scopes.len();
        self.scopes.extend_from_slice(&scopes[learnt..]);
    }

    fn scope(&self, index: u32) -> InstrumentationScope {
        self.scopes.get(index as usize).cloned().unwrap_or_default()
    }

    pub(crate) fn site(&mut self, number: u32) -> Option<&'static CallSite> {
        let index = (number as usize).checked_sub(1)?;
        if index >= self.sites.len() {
            self.sites = site::call_sites();
        }
        self.sites.get(index).copied()
    }

    fn key(&mut self, key: &[u8]) -> Key {
        if let Some(known) = self.keys.get(key) {
            return known.clone();
        }
        let shared: Arc<str> = Arc::from(String::from_utf8_lossy(key));
        let made = Key::from(shared);
        if self.keys.len() < MAX_KEYS {
            self.keys.insert(Box::from(key), made.clone());
        }
        made
    }
}

/// A hasher for the program's own keys, which are short, few and not chosen by anybody else.
#[derive(Default)]
struct ShortHasher(u64);

impl Hasher for ShortHasher {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0 = (self.0.rotate_left(5) ^ u64::from_le_bytes(word))
                .wrapping_mul(0x517c_c1b7_2722_0a95);
        }
    }

    fn finish(&self) -> u64 {
        // The table looks at the highest bits and at the lowest.
        self.0 ^ (self.0 >> 32)
    }
}
