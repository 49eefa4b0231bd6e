//! Carrier for `async_nats::HeaderMap`, which by itself is case-sensitive.

use async_nats::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::Context;

use super::super::CarrierMut;
use super::super::headers::{Headers, take_up};
use crate::carrier::Carrier;

impl Headers for HeaderMap {
    fn lines<'h>(&'h self, name: &str) -> impl Iterator<Item = &'h str> {
        let named = self.iter().filter(move |(key, _)| is_named(key, name));
        named
            .flat_map(|(_, values)| values)
            .map(HeaderValue::as_str)
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|(key, _)| key.as_ref())
    }
}

fn is_named(key: &HeaderName, name: &str) -> bool {
    let key: &str = key.as_ref();
    key.eq_ignore_ascii_case(name)
}

impl Carrier for HeaderMap {
    fn context(&self, current: &Context) -> Option<Context> {
        Some(take_up(self, current))
    }
}

impl CarrierMut for HeaderMap {
    fn set(&mut self, name: &str, value: String) {
        self.remove(name);
        let name = HeaderName::try_from(name);
        if let (Ok(name), Ok(value)) = (name, value.parse::<HeaderValue>()) {
            self.insert(name, value);
        }
    }

    fn remove(&mut self, name: &str) {
        if !self.iter().any(|(key, _)| is_named(key, name)) {
            return;
        }
        let others = self.iter().filter(|(key, _)| !is_named(key, name));
        let lines = others
            .flat_map(|(key, values)| values.iter().map(|value| (key.clone(), value.clone())));
        *self = lines.collect();
    }
}
