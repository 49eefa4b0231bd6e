//! Carrier for `tonic::metadata::MetadataMap`, for gRPC.

use ::tonic::metadata::{Ascii, KeyRef, MetadataKey, MetadataMap, MetadataValue};
use opentelemetry::Context;

use super::super::CarrierMut;
use super::super::headers::{Headers, UNREADABLE, take_up};
use crate::carrier::Carrier;

impl Headers for MetadataMap {
    fn lines<'h>(&'h self, name: &str) -> impl Iterator<Item = &'h str> {
        let lines = self.get_all(name).into_iter();
        lines.map(|line| line.to_str().unwrap_or(UNREADABLE))
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.keys().map(|key| match key {
            KeyRef::Ascii(key) => key.as_str(),
            KeyRef::Binary(key) => key.as_str(),
        })
    }
}

impl Carrier for MetadataMap {
    fn context(&self, current: &Context) -> Option<Context> {
        Some(take_up(self, current))
    }
}

impl CarrierMut for MetadataMap {
    fn set(&mut self, name: &str, value: String) {
        let name = MetadataKey::<Ascii>::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, MetadataValue::try_from(value)) {
            self.insert(name, value);
        }
    }

    fn remove(&mut self, name: &str) {
        MetadataMap::remove(self, name);
    }
}
