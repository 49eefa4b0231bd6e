//! Bytes back into a span; `record.rs` is the other side.

use std::borrow::Cow;
use std::time::SystemTime;

use opentelemetry::trace::{
    Event, Link, SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState,
};
use opentelemetry::{Key, KeyValue, Value};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};

use crate::sdk::clock;
use crate::sdk::items::{Item, Items, Reader};
use crate::sdk::known::Known;
use crate::sdk::record::{at, bits, status};
use crate::site::CallSite;

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

    /// Adds the span, as exporters take it, to a batch.
    pub(crate) fn add_to(self, batch: &mut Vec<SpanData>, known: &mut Known) {
        // It is filled where it is to stay: what costs is moving it.
        batch.push(self.head(known));
        if let Some(span) = batch.last_mut() {
            self.fill(span, known);
        }
    }

    #[inline]
    fn head(self, known: &Known) -> SpanData {
        let start_time = time(self.u64(at::START), self.is(bits::START_GIVEN));
        let end_time = time(self.u64(at::END), self.is(bits::END_GIVEN));
        SpanData {
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
        }
    }

    fn fill(self, data: &mut SpanData, known: &mut Known) {
        if let Some(site) = known.site(self.site()) {
            data.name = Cow::Borrowed(site.name());
            site.add_code_attributes(site.function(), &mut data.attributes);
        }
        data.span_context = self.span_context(self.apply_items(data, known));
    }

    /// Adds all items to the span but its trace state, which is returned.
    fn apply_items(self, data: &mut SpanData, known: &mut Known) -> TraceState {
        let mut trace_state = TraceState::NONE;
        let mut items = Items(self.items());
        let mut usual = Usual::of(self.site(), data.attributes.len(), known);
        loop {
            if let Some((key, value)) = items.next_attribute() {
                usual.set(&mut data.attributes, key, value, known);
                continue;
            }
            match items.next() {
                Some(Item::TraceState(header)) => {
                    trace_state = header.parse().unwrap_or_default();
                }
                Some(item) => item.apply(data, known),
                None => break,
            }
        }
        usual.learn(&data.attributes, known);
        trace_state
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
            Item::TraceState(_) | Item::Attribute { .. } => {}
            Item::Name(name) => data.name = Cow::Owned(name.to_owned()),
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

/// The attributes that a call site's spans usually have, all of different keys: while they come as usual, none is looked for.
struct Usual {
    site: u32,
    keys: Vec<Key>,
    /// How many attributes came before them, how many of them came, and whether more may.
    before: usize,
    seen: usize,
    goes_on: bool,
}

impl Usual {
    fn of(site: u32, before: usize, known: &mut Known) -> Usual {
        Usual {
            site,
            keys: known.take_usual(site),
            before,
            seen: 0,
            goes_on: true,
        }
    }

    #[inline]
    fn set(&mut self, attributes: &mut Vec<KeyValue>, key: &[u8], value: Value, known: &mut Known) {
        match self.keys.get(self.seen) {
            Some(next) if self.goes_on && next.as_str().as_bytes() == key => {
                self.seen += 1;
                attributes.push(KeyValue::new(next.clone(), value));
            }
            _ => {
                self.goes_on = false;
                set(attributes, known.key(key), value);
            }
        }
    }

    fn learn(mut self, attributes: &[KeyValue], known: &mut Known) {
        let own = &attributes[self.before..];
        if !self.goes_on && own.len() > self.keys.len() {
            self.keys = own.iter().map(|known| known.key.clone()).collect();
        }
        known.keep_usual(self.site, self.keys);
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
        let value = reader.owned()?;
        attributes.push(KeyValue::new(key, value));
    }
    Some((attributes, dropped))
}
