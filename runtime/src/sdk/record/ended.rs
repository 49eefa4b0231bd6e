//! Bytes back into a span; `writer.rs` is the other side.

use std::borrow::Cow;

use opentelemetry::trace::{
    self, SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState,
};
use opentelemetry::{Key, KeyValue, Value};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};

use super::expected_keys::Usual;
use super::interned::Known;
use super::items::{Attributes, Event, Failure, Item, Items, Link, Reader};
use super::layout::{at, bits, is_error, key, status};
use super::read_values::{Stored, Text};
use crate::attributes::Exception;
use crate::sdk::clock::Time;
use crate::sdk::scopes::Scopes;
use crate::site::CallSite;

/// The header of an ended span, and its items.
#[derive(Clone, Copy)]
pub(crate) struct Ended<'a> {
    header: &'a [u8; at::ITEMS],
    bytes: &'a [u8],
}

/// Ended spans, one behind the other.
pub(crate) fn spans(mut bytes: &[u8]) -> impl Iterator<Item = Ended<'_>> {
    std::iter::from_fn(move || {
        let length = Reader::of(bytes).number()? as usize;
        let (span, rest) = bytes.split_at_checked(length)?;
        bytes = rest;
        let header = span.first_chunk()?;
        Some(Ended {
            header,
            bytes: span,
        })
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
        self.header[at::BITS] & bits::LOCAL_ROOT != 0
    }

    pub(crate) fn has_remote_parent(self) -> bool {
        self.is(bits::REMOTE_PARENT)
    }

    pub(crate) fn is_sampled(self) -> bool {
        self.flags().is_sampled()
    }

    pub(crate) fn flags(self) -> TraceFlags {
        TraceFlags::new(self.header[at::FLAGS])
    }

    /// One of [`status`].
    pub(crate) fn status(self) -> u8 {
        self.header[at::STATUS]
    }

    pub(crate) fn is_error(self) -> bool {
        is_error(self.bytes)
    }

    /// Returns `true` if its name is not its call site's.
    pub(crate) fn has_own_name(self) -> bool {
        self.is(bits::NAMED)
    }

    pub(crate) fn span_id(self) -> SpanId {
        SpanId::from_bytes(self.array(at::SPAN))
    }

    /// The parent's, which is not valid if there is none.
    pub(crate) fn parent_id(self) -> SpanId {
        SpanId::from_bytes(self.array(at::PARENT))
    }

    pub(crate) fn start(self) -> Time {
        self.time(at::START, bits::START_GIVEN)
    }

    pub(crate) fn end(self) -> Time {
        self.time(at::END, bits::END_GIVEN)
    }

    fn time(self, at: usize, given: u8) -> Time {
        let number = u64::from_le_bytes(self.array(at));
        if self.is(given) {
            Time::Given(number)
        } else {
            Time::Ticks(number)
        }
    }

    /// When it started and ended, in nanoseconds since the epoch by the wall clock; the end is never before the start.
    #[inline]
    pub(crate) fn times(self) -> (u64, u64) {
        let start = self.start().nanoseconds();
        // The clocks of the two may differ, by a little or by a step.
        (start, self.end().nanoseconds().max(start))
    }

    /// In nanoseconds.
    pub(crate) fn duration(self) -> u64 {
        self.end().since(self.start())
    }

    /// The number of its call site, 0 if it has none.
    pub(crate) fn site(self) -> u32 {
        u32::from_le_bytes(self.array(at::SITE))
    }

    pub(crate) fn name(self, known: &mut Known) -> &'a str {
        let name = if self.has_own_name() {
            let names = self.items(known).filter_map(|item| match item {
                Item::Name(name) => Some(name.as_str()),
                _ => None,
            });
            names.last()
        } else {
            known.site(self.site()).map(CallSite::name)
        };
        name.unwrap_or_default()
    }

    pub(crate) fn items(self, known: &mut Known) -> Items<'a> {
        let site = known.site(self.site());
        self.items_by(site.map_or(&[][..], CallSite::keys_of_spans))
    }

    /// The items, by the keys of its call site.
    #[inline]
    pub(crate) fn items_by(self, keys: &'static [&'static str]) -> Items<'a> {
        Items::new(&self.bytes[at::ITEMS..], keys)
    }

    /// The number of its scope.
    pub(crate) fn scope(self) -> u32 {
        u32::from_le_bytes(self.array(at::SCOPE))
    }

    #[inline]
    fn array<const N: usize>(self, at: usize) -> [u8; N] {
        let mut array = [0; N];
        array.copy_from_slice(&self.header[at..at + N]);
        array
    }

    fn is(self, bit: u8) -> bool {
        self.header[at::BITS] & bit != 0
    }

    /// The number of its kind.
    #[cfg(feature = "otlp")]
    pub(crate) fn kind(self) -> u8 {
        self.header[at::KIND]
    }

    fn api_kind(self) -> SpanKind {
        match self.header[at::KIND] {
            2 => SpanKind::Server,
            3 => SpanKind::Client,
            4 => SpanKind::Producer,
            5 => SpanKind::Consumer,
            _ => SpanKind::Internal,
        }
    }

    /// Adds the span, as exporters take it, to a batch.
    pub(crate) fn add_to(self, batch: &mut Vec<SpanData>, known: &mut Known, scopes: &Scopes) {
        // It is filled where it is to stay: what costs is moving it.
        batch.push(self.head(known, scopes));
        if let Some(span) = batch.last_mut() {
            self.fill(span, known);
        }
    }

    #[inline]
    fn head(self, known: &mut Known, scopes: &Scopes) -> SpanData {
        let time = |nanoseconds| Time::Given(nanoseconds).wall();
        let (start, end) = self.times();
        SpanData {
            span_context: SpanContext::NONE,
            parent_span_id: self.parent_id(),
            parent_span_is_remote: self.is(bits::REMOTE_PARENT),
            span_kind: self.api_kind(),
            name: Cow::Borrowed(""),
            start_time: time(start),
            end_time: time(end),
            attributes: Vec::with_capacity(known.usual_count(self.site())),
            dropped_attributes_count: 0,
            events: SpanEvents::default(),
            links: SpanLinks::default(),
            status: self.api_status(),
            instrumentation_scope: known.scope(self.scope(), scopes),
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
        let mut items = self.items(known);
        let mut usual = Usual::of(self.site(), data.attributes.len(), known);
        loop {
            if let Some((key, value)) = items.next_attribute() {
                usual.set(&mut data.attributes, key, value.owned(), known);
                continue;
            }
            match items.next() {
                Some(Item::Attribute(key, value)) => {
                    usual.set(&mut data.attributes, key, value.owned(), known);
                }
                Some(Item::TraceState(header)) => {
                    trace_state = header.as_str().parse().unwrap_or_default();
                }
                Some(Item::Failure(failure)) => {
                    let type_name = Stored::Text(failure.type_name).owned();
                    usual.set(&mut data.attributes, Failure::KEY, type_name, known);
                    failure.apply(data);
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
            self.span_id(),
            self.flags(),
            false,
            trace_state,
        )
    }

    fn api_status(self) -> Status {
        match self.status() {
            status::OK => Status::Ok,
            status::ERROR => Status::error(""),
            _ => Status::Unset,
        }
    }
}

impl Item<'_> {
    fn apply(self, data: &mut SpanData, known: &mut Known) {
        match self {
            Item::TraceState(_) | Item::Attribute(..) | Item::Failure(_) => {}
            Item::Name(name) => data.name = Cow::Owned(name.as_str().to_owned()),
            Item::Event(event) => data.events.events.push(event.owned(known)),
            Item::Link(link) => data.links.links.push(link.owned(known)),
            Item::Description(text) => describe(data, text),
            Item::Dropped([attributes, events, links]) => {
                data.dropped_attributes_count = attributes;
                data.events.dropped_count = events;
                data.links.dropped_count = links;
            }
        }
    }
}

impl Failure<'_> {
    /// Adds its event and its description.
    fn apply(self, data: &mut SpanData) {
        let attributes = key::KNOWN.into_iter().zip(self.attributes());
        let attributes = attributes
            .filter_map(|(key, text)| Some(KeyValue::new(key, text?.as_str().to_owned())))
            .collect();
        let event = trace::Event::new(Exception::EVENT, self.time.wall(), attributes, 0);
        data.events.events.push(event);
        if let Some(message) = self.message {
            describe(data, message);
        }
    }
}

fn describe(data: &mut SpanData, text: Text<'_>) {
    if let Status::Error { description } = &mut data.status {
        *description = Cow::Owned(text.as_str().to_owned());
    }
}

impl Event<'_> {
    fn owned(self, known: &mut Known) -> trace::Event {
        let name = self.name.as_str().to_owned();
        let dropped = self.attributes.dropped;
        let attributes = self.attributes.owned(known);
        trace::Event::new(name, self.time.wall(), attributes, dropped)
    }
}

impl Link<'_> {
    fn owned(self, known: &mut Known) -> trace::Link {
        let context = SpanContext::new(
            TraceId::from_bytes(self.trace_id),
            SpanId::from_bytes(self.span_id),
            TraceFlags::new(self.flags),
            self.is_remote,
            self.trace_state.as_str().parse().unwrap_or_default(),
        );
        let dropped = self.attributes.dropped;
        trace::Link::new(context, self.attributes.owned(known), dropped)
    }
}

impl Attributes<'_> {
    fn owned(self, known: &mut Known) -> Vec<KeyValue> {
        let mut attributes = Vec::with_capacity(self.left().min(128) as usize);
        for (key, value) in self {
            attributes.push(KeyValue::new(known.key(key), value.owned()));
        }
        attributes
    }
}

/// Sets an attribute; one of the same key gives way.
pub(crate) fn set(attributes: &mut Vec<KeyValue>, key: Key, value: Value) {
    match attributes.iter_mut().find(|known| known.key == key) {
        Some(known) => known.value = value,
        None => attributes.push(KeyValue::new(key, value)),
    }
}
