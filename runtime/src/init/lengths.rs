//! `OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT`, which the SDK does not know.

use std::time::Duration;

use opentelemetry::{Array, Context, KeyValue, StringValue, Value};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanProcessor};

/// A span processor behind which no text of an attribute is longer than the limit.
#[derive(Debug)]
pub(super) struct Cut<P> {
    processor: P,
    /// In characters.
    limit: Option<usize>,
}

impl<P> Cut<P> {
    pub(super) fn new(processor: P, limit: Option<usize>) -> Cut<P> {
        Cut { processor, limit }
    }
}

impl<P: SpanProcessor> SpanProcessor for Cut<P> {
    fn on_start(&self, span: &mut Span, context: &Context) {
        self.processor.on_start(span, context);
    }

    fn on_end(&self, mut span: SpanData) {
        if let Some(limit) = self.limit {
            cut(&mut span, limit);
        }
        self.processor.on_end(span);
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.processor.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.processor.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.processor.set_resource(resource);
    }
}

fn cut(span: &mut SpanData, limit: usize) {
    let events = span.events.events.iter_mut();
    let links = span.links.links.iter_mut();
    let attributes = span
        .attributes
        .iter_mut()
        .chain(events.flat_map(|event| event.attributes.iter_mut()))
        .chain(links.flat_map(|link| link.attributes.iter_mut()));
    for KeyValue { value, .. } in attributes {
        match value {
            Value::String(text) => cut_text(text, limit),
            Value::Array(Array::String(list)) => {
                for text in list {
                    cut_text(text, limit);
                }
            }
            _ => {}
        }
    }
}

fn cut_text(text: &mut StringValue, limit: usize) {
    if let Some((at, _)) = text.as_str().char_indices().nth(limit) {
        *text = text.as_str()[..at].to_owned().into();
    }
}
