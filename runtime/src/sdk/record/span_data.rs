//! Converts a record to the `SpanData` that exporters of OpenTelemetry take.

use std::borrow::Cow;

use opentelemetry::KeyValue;
use opentelemetry::trace::{self, SpanContext, SpanId, Status, TraceFlags, TraceId, TraceState};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};

use super::ended::Ended;
use super::expected_keys::ExpectedKeys;
use super::interned::Interned;
use super::items::{Attributes, Event, Failure, Item, Link};
use super::layout::{api_kind, key, status};
use super::read_values::Stored;
use super::reader::Text;
use crate::attributes::Exception;
use crate::sdk::clock::Time;
use crate::sdk::scopes::Scopes;

impl Ended<'_> {
    /// Adds the span to a batch.
    pub(crate) fn add_to(
        self,
        batch: &mut Vec<SpanData>,
        interned: &mut Interned,
        scopes: &Scopes,
    ) {
        // The span is filled in where it will stay, because moving a `SpanData` is expensive.
        batch.push(self.head(interned, scopes));
        if let Some(span) = batch.last_mut() {
            self.fill(span, interned);
        }
    }

    #[inline]
    fn head(self, interned: &mut Interned, scopes: &Scopes) -> SpanData {
        let time = |nanoseconds| Time::Given(nanoseconds).wall();
        let (start, end) = self.times();
        let count = interned.expected_count(self.site());
        let scope = interned.scope(self.scope(), scopes);
        SpanData {
            span_context: SpanContext::NONE,
            parent_span_id: self.parent_id(),
            parent_span_is_remote: self.has_remote_parent(),
            span_kind: api_kind(self.kind()),
            name: Cow::Borrowed(""),
            start_time: time(start),
            end_time: time(end),
            attributes: Vec::with_capacity(count),
            dropped_attributes_count: 0,
            events: SpanEvents::default(),
            links: SpanLinks::default(),
            status: self.api_status(),
            instrumentation_scope: scope.cloned().unwrap_or_default(),
        }
    }

    fn fill(self, data: &mut SpanData, interned: &mut Interned) {
        if let Some(site) = interned.site(self.site()) {
            data.name = Cow::Borrowed(site.name());
            site.add_code_attributes(site.function(), &mut data.attributes);
        }
        data.span_context = self.span_context(self.apply_items(data, interned));
    }

    /// Adds all items to the span except the trace state, which is returned.
    fn apply_items(self, data: &mut SpanData, interned: &mut Interned) -> TraceState {
        let mut trace_state = TraceState::NONE;
        let mut items = self.items(interned);
        let mut expected = ExpectedKeys::of(self.site(), data.attributes.len(), interned);
        loop {
            if let Some((key, value)) = items.next_attribute() {
                expected.set(&mut data.attributes, key, value.owned(), interned);
                continue;
            }
            match items.next() {
                Some(Item::Attribute(key, value)) => {
                    expected.set(&mut data.attributes, key, value.owned(), interned);
                }
                Some(Item::TraceState(header)) => {
                    trace_state = header.as_str().parse().unwrap_or_default();
                }
                Some(Item::Failure(failure)) => {
                    let type_name = Stored::Text(failure.type_name).owned();
                    expected.set(&mut data.attributes, Failure::KEY, type_name, interned);
                    failure.apply(data);
                }
                Some(item) => item.apply(data, interned),
                None => break,
            }
        }
        expected.learn(&data.attributes, interned);
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
    fn apply(self, data: &mut SpanData, interned: &mut Interned) {
        match self {
            Item::TraceState(_) | Item::Attribute(..) | Item::Failure(_) => {}
            Item::Name(name) => data.name = Cow::Owned(name.as_str().to_owned()),
            Item::Event(event) => data.events.events.push(event.owned(interned)),
            Item::Link(link) => data.links.links.push(link.owned(interned)),
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
    /// Adds the event, and the description of the status.
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
    fn owned(self, interned: &mut Interned) -> trace::Event {
        let name = self.name.as_str().to_owned();
        let dropped = self.attributes.dropped;
        let attributes = self.attributes.owned(interned);
        trace::Event::new(name, self.time.wall(), attributes, dropped)
    }
}

impl Link<'_> {
    fn owned(self, interned: &mut Interned) -> trace::Link {
        let context = SpanContext::new(
            TraceId::from_bytes(self.trace_id),
            SpanId::from_bytes(self.span_id),
            TraceFlags::new(self.flags),
            self.is_remote,
            self.trace_state.as_str().parse().unwrap_or_default(),
        );
        let dropped = self.attributes.dropped;
        trace::Link::new(context, self.attributes.owned(interned), dropped)
    }
}

impl Attributes<'_> {
    fn owned(self, interned: &mut Interned) -> Vec<KeyValue> {
        let mut attributes = Vec::with_capacity(self.left().min(128) as usize);
        for (key, value) in self {
            attributes.push(KeyValue::new(interned.key(key), value.owned()));
        }
        attributes
    }
}
