//! Encodes records as an OTLP request, without building anything in between.
//!
//! The resource, each scope, and what the spans of a call site have in common are encoded once
//! (`encoder`, `template`). Each span is appended to those of its scope in one pass over its
//! record: `span` writes what most spans have, and `rest` the other items.

mod encoder;
mod events;
mod fields;
mod positions;
mod request;
mod rest;
mod span;
mod template;
#[cfg(test)]
mod tests;
mod values;
mod wire;

use std::time::Duration;

use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;

pub(crate) use request::{Request, Transport};

use crate::sdk::export::writer::{Exported, Writer};
use crate::sdk::record::Ended;
use crate::sdk::sampling::Kept;
use crate::sdk::scopes::Scopes;
use encoder::Encoder;

/// A [`Writer`] that encodes spans as OTLP and hands them to a [`Transport`].
pub(crate) struct Otlp<T> {
    encoder: Encoder,
    transport: T,
}

impl<T> Otlp<T> {
    pub(crate) fn new(transport: T) -> Otlp<T> {
        Otlp {
            encoder: Encoder::default(),
            transport,
        }
    }
}

impl<T: Transport> Writer for Otlp<T> {
    fn set_resource(&mut self, resource: &Resource) {
        self.encoder.set_resource(resource);
    }

    fn has_room_for(&mut self, span: Ended<'_>, scopes: &Scopes) -> bool {
        self.encoder.has_room_for(span, scopes)
    }

    fn add(&mut self, span: Ended<'_>, kept: Option<Kept>, scopes: &Scopes) {
        self.encoder.add(span, kept, scopes);
    }

    fn export(&mut self, _: Duration) -> Exported {
        let Some(request) = self.encoder.take() else {
            return Ok(0);
        };
        let (exported, memory) = self.transport.send(request);
        self.encoder.give_back(memory);
        exported
    }

    fn shutdown(&mut self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}
