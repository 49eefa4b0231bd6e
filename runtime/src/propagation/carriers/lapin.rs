//! Carrier for the headers of `lapin`'s messages (AMQP 0.9.1).

use std::collections::BTreeMap;
use std::mem;

use ::lapin::BasicProperties;
use ::lapin::types::{AMQPValue, FieldTable, ShortString};
use opentelemetry::Context;

use super::super::CarrierMut;
use super::super::headers::{Headers, UNREADABLE, take_up};
use crate::carrier::Carrier;

impl Headers for FieldTable {
    fn lines<'h>(&'h self, name: &str) -> impl Iterator<Item = &'h str> {
        let named = self
            .into_iter()
            .filter(move |(key, _)| key.as_str().eq_ignore_ascii_case(name));
        named.map(|(_, value)| text(value))
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.into_iter().map(|(key, _)| key.as_str())
    }
}

fn text(value: &AMQPValue) -> &str {
    match value {
        AMQPValue::LongString(text) => str::from_utf8(text.as_bytes()).unwrap_or(UNREADABLE),
        AMQPValue::ShortString(text) => text.as_str(),
        _ => UNREADABLE,
    }
}

impl Carrier for FieldTable {
    fn context(&self, current: &Context) -> Option<Context> {
        Some(take_up(self, current))
    }
}

impl CarrierMut for FieldTable {
    fn set(&mut self, name: &str, value: String) {
        self.remove(name);
        if let Ok(name) = ShortString::try_new(name) {
            self.insert(name, AMQPValue::LongString(value.into()));
        }
    }

    fn remove(&mut self, name: &str) {
        if self.lines(name).next().is_none() {
            return;
        }
        let others = self
            .into_iter()
            .filter(|(key, _)| !key.as_str().eq_ignore_ascii_case(name));
        let others: BTreeMap<_, _> = others
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        *self = others.into();
    }
}

/// A context is read from the headers among the properties.
impl Carrier for BasicProperties {
    fn context(&self, current: &Context) -> Option<Context> {
        self.headers().as_ref()?.context(current)
    }
}

impl CarrierMut for BasicProperties {
    fn set(&mut self, name: &str, value: String) {
        change_headers(self, |headers| headers.set(name, value));
    }

    fn remove(&mut self, name: &str) {
        if self.headers().is_some() {
            change_headers(self, |headers| headers.remove(name));
        }
    }
}

fn change_headers(properties: &mut BasicProperties, change: impl FnOnce(&mut FieldTable)) {
    let mut headers = properties.headers().clone().unwrap_or_default();
    change(&mut headers);
    *properties = mem::take(properties).with_headers(headers);
}
