//! Writes events, exceptions, links and the status into a record.

use opentelemetry::KeyValue;
use opentelemetry::trace::{Event, Link, SpanContext};

use super::compact::remove;
use super::items::Item;
use super::layout::{at, failure, key, length, status, tag, value};
use super::limits::Limits;
use super::writer::Record;
use crate::attributes::Exception;
use crate::sdk::clock::{self, Time};

/// Attributes, and the number of further attributes that were dropped before.
type Counted<'a> = (&'a [KeyValue], u32);

impl Record {
    /// Adds an event.
    pub(crate) fn event(
        &mut self,
        limits: &Limits,
        name: &str,
        time: Time,
        attributes: &[KeyValue],
    ) {
        self.event_of(limits, name, time, (attributes, 0));
    }

    /// Adds an event of the OpenTelemetry API, which may have lost attributes already.
    pub(crate) fn api_event(&mut self, limits: &Limits, event: &Event) {
        let attributes = (&event.attributes[..], event.dropped_attributes_count);
        let time = Time::given(event.timestamp);
        self.event_of(limits, &event.name, time, attributes);
    }

    fn event_of(&mut self, limits: &Limits, name: &str, time: Time, attributes: Counted<'_>) {
        self.event_with(limits, |record| {
            record.item(tag::EVENT, name);
            record.time(time);
            record.attributes_of_item(limits, limits.event_attributes, attributes);
        });
    }

    /// Adds an exception that ends the span, as one item that stands for its event, `error.type`
    /// and the status. If they cannot be one item, because of a limit or a status that was set
    /// before, adds nothing and returns `false`.
    pub(crate) fn failure(&mut self, limits: &Limits, exception: &Exception<'_>) -> bool {
        let of_event =
            1 + u32::from(exception.message.is_some()) + u32::from(exception.stacktrace.is_some());
        let has_room = self.events < limits.events
            && self.attributes < limits.attributes
            && of_event <= limits.event_attributes;
        if !has_room || self.bytes[at::STATUS] != 0 {
            return false;
        }
        let before = self.bytes.len();
        self.failure_item(limits, exception);
        let fits = self.fits(before);
        if fits {
            self.bytes[at::STATUS] = status::ERROR;
            self.events += 1;
            self.attributes += 1;
        }
        fits
    }

    fn failure_item(&mut self, limits: &Limits, exception: &Exception<'_>) {
        let type_name = limits.cut(exception.type_name);
        let message = limits.cut(exception.message.unwrap_or_default());
        let stacktrace = limits.cut(exception.stacktrace.unwrap_or_default());
        let has_message = u8::from(exception.message.is_some()) * failure::MESSAGE;
        let has_stacktrace = u8::from(exception.stacktrace.is_some()) * failure::STACKTRACE;
        let mut head = [0; 22];
        head[0] = tag::FAILURE;
        head[1] = has_message | has_stacktrace;
        head[2..10].copy_from_slice(&clock::now().to_le_bytes());
        head[10..14].copy_from_slice(&length(type_name.len()).to_le_bytes());
        head[14..18].copy_from_slice(&length(message.len()).to_le_bytes());
        head[18..].copy_from_slice(&length(stacktrace.len()).to_le_bytes());
        self.extend(head);
        for text in [type_name, message, stacktrace] {
            self.bytes.extend_from_slice(text.as_bytes());
        }
    }

    /// Adds the event of an exception.
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
        // These are in the order of `key::KNOWN`.
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

    /// Adds the event that `write` writes if the limits allow it. Otherwise, counts an event as
    /// dropped.
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

    /// Adds a link.
    pub(crate) fn link(&mut self, limits: &Limits, to: &SpanContext, attributes: &[KeyValue]) {
        self.link_of(limits, to, (attributes, 0));
    }

    /// Adds a link of the OpenTelemetry API, which may have lost attributes already.
    pub(crate) fn api_link(&mut self, limits: &Limits, link: &Link) {
        let attributes = (&link.attributes[..], link.dropped_attributes_count);
        self.link_of(limits, &link.span_context, attributes);
    }

    fn link_of(&mut self, limits: &Limits, to: &SpanContext, attributes: Counted<'_>) {
        self.link_with(limits, |record| {
            record.item(tag::LINK, &to.trace_state().header());
            record.bytes.extend_from_slice(&to.trace_id().to_bytes());
            record.bytes.extend_from_slice(&to.span_id().to_bytes());
            let flags = [to.trace_flags().to_u8(), u8::from(to.is_remote())];
            record.bytes.extend_from_slice(&flags);
            record.attributes_of_item(limits, limits.link_attributes, attributes);
        });
    }

    /// Adds the link that `write` writes if the limits allow it. Otherwise, counts a link as
    /// dropped.
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

    /// Sets the status, unless the span has a higher one in the order `Ok > Error > Unset`. `Ok` is
    /// final.
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

    fn attributes_of_item(&mut self, limits: &Limits, most: u32, attributes: Counted<'_>) {
        let (attributes, dropped) = attributes;
        let kept = attributes.len().min(most as usize);
        let dropped = (attributes.len() - kept).saturating_add(dropped as usize);
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
}
