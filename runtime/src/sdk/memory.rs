//! Estimates the memory that values of OpenTelemetry take.

use std::mem;

use opentelemetry::{Array, InstrumentationScope, KeyValue, Value};
use opentelemetry_sdk::trace::SpanData;

/// Returns the size of a span, in bytes.
pub(crate) fn of_span(span: &SpanData) -> usize {
    let events = span.events.iter();
    let events = events
        .map(|event| mem::size_of_val(event) + event.name.len() + of_attributes(&event.attributes));
    let links = span.links.iter();
    let links = links.map(|link| mem::size_of_val(link) + of_attributes(&link.attributes));
    mem::size_of_val(span)
        + span.name.len()
        + of_attributes(&span.attributes)
        + events.sum::<usize>()
        + links.sum::<usize>()
        + of_texts_of_scope(&span.instrumentation_scope)
}

/// Returns the size of a scope, in bytes.
pub(crate) fn of_scope(scope: &InstrumentationScope) -> usize {
    mem::size_of_val(scope) + of_texts_of_scope(scope)
}

fn of_texts_of_scope(scope: &InstrumentationScope) -> usize {
    scope.name().len()
        + scope.version().map_or(0, str::len)
        + scope.schema_url().map_or(0, str::len)
        + of_attributes(scope.attributes())
}

fn of_attributes<'a>(attributes: impl IntoIterator<Item = &'a KeyValue>) -> usize {
    attributes.into_iter().map(of_attribute).sum()
}

fn of_attribute(attribute: &KeyValue) -> usize {
    mem::size_of_val(attribute) + attribute.key.as_str().len() + behind(&attribute.value)
}

/// Returns the size of what a value refers to.
fn behind(value: &Value) -> usize {
    match value {
        Value::String(text) => text.as_str().len(),
        Value::Array(Array::Bool(list)) => mem::size_of_val(&**list),
        Value::Array(Array::I64(list)) => mem::size_of_val(&**list),
        Value::Array(Array::F64(list)) => mem::size_of_val(&**list),
        Value::Array(Array::String(list)) => {
            // Even a small allocation takes about 32 bytes, which is more than most texts of long
            // lists need.
            let texts = list.iter().map(|text| text.as_str().len().max(32));
            mem::size_of_val(&**list) + texts.sum::<usize>()
        }
        _ => 0,
    }
}
