//! Carrier for `http::HeaderMap`, which hyper, axum, reqwest and tower use.

use ::http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::Context;

use super::super::CarrierMut;
use super::super::headers::{Headers, UNREADABLE, take_up};
use crate::carrier::Carrier;

impl Headers for HeaderMap {
    fn lines<'h>(&'h self, name: &str) -> impl Iterator<Item = &'h str> {
        let lines = self.get_all(name).into_iter();
        lines.map(|line| line.to_str().unwrap_or(UNREADABLE))
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.keys().map(HeaderName::as_str)
    }
}

impl Carrier for HeaderMap {
    fn context(&self, current: &Context) -> Option<Context> {
        Some(take_up(self, current))
    }
}

impl CarrierMut for HeaderMap {
    fn set(&mut self, name: &str, value: String) {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value)) {
            // Nothing is added to a full map, which has 24,576 headers.
            let _ = self.try_insert(name, value);
        }
    }

    fn remove(&mut self, name: &str) {
        HeaderMap::remove(self, name);
    }
}
