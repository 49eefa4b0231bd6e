//! Renders traces of several processes as text, with a line for each span, event and link, below
//! its cause.

use std::fmt::Write;

use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, Span};

/// Returns the traces, in the order in which they started.
pub(crate) fn tree(got: Vec<ResourceSpans>) -> String {
    let mut spans: Vec<(String, Span)> = got.into_iter().flat_map(of_service).collect();
    spans.sort_by_key(|(_, span)| span.start_time_unix_nano);
    let mut out = String::new();
    for root in spans
        .iter()
        .filter(|(_, span)| span.parent_span_id.is_empty())
    {
        let _ = writeln!(out, "trace {}", hex(&root.1.trace_id));
        draw(root, &spans, "  ", &mut out);
    }
    out
}

/// Returns the spans of a process, each with the name of its service.
fn of_service(got: ResourceSpans) -> impl Iterator<Item = (String, Span)> {
    let resource = got.resource.unwrap_or_default().attributes;
    let named = resource
        .into_iter()
        .find(|attribute| attribute.key == "service.name");
    let service = named
        .map(|name| value(name.value.as_ref()))
        .unwrap_or_default();
    let service = service.trim_matches('"').to_owned();
    let spans = got.scope_spans.into_iter().flat_map(|scope| scope.spans);
    spans.map(move |span| (service.clone(), span))
}

fn draw(root: &(String, Span), all: &[(String, Span)], indent: &str, out: &mut String) {
    let (service, span) = root;
    let _ = writeln!(
        out,
        "{indent}{service}: {}{}{}{}",
        span.name,
        kind(span.kind()),
        status(span),
        attributes(&span.attributes)
    );
    for event in &span.events {
        let _ = writeln!(
            out,
            "{indent}  ! {}{}",
            event.name,
            attributes(&event.attributes)
        );
    }
    for link in &span.links {
        let linked = all.iter().find(|(_, span)| span.span_id == link.span_id);
        let name = linked.map_or("a span elsewhere", |(_, span)| &span.name);
        let _ = writeln!(out, "{indent}  ~ {name} of trace {}", hex(&link.trace_id));
    }
    let children = all.iter().filter(|(_, child)| {
        child.parent_span_id == span.span_id && child.trace_id == span.trace_id
    });
    for child in children {
        draw(child, all, &format!("{indent}  "), out);
    }
}

fn kind(kind: SpanKind) -> &'static str {
    match kind {
        SpanKind::Unspecified | SpanKind::Internal => "",
        SpanKind::Server => " [server]",
        SpanKind::Client => " [client]",
        SpanKind::Producer => " [producer]",
        SpanKind::Consumer => " [consumer]",
    }
}

fn status(span: &Span) -> String {
    match &span.status {
        Some(status) if status.code() == StatusCode::Error => format!(" ✗ {}", status.message),
        _ => String::new(),
    }
}

/// Returns all attributes except the place in the code.
fn attributes(attributes: &[KeyValue]) -> String {
    let mut out = String::new();
    for KeyValue { key, value, .. } in attributes {
        if !key.starts_with("code.") {
            let _ = write!(out, " {key}={}", self::value(value.as_ref()));
        }
    }
    out
}

fn value(value: Option<&AnyValue>) -> String {
    match value.and_then(|value| value.value.as_ref()) {
        Some(Value::StringValue(text)) => format!("{text:?}"),
        Some(Value::IntValue(number)) => number.to_string(),
        Some(Value::DoubleValue(number)) => number.to_string(),
        Some(Value::BoolValue(truth)) => truth.to_string(),
        other => format!("{other:?}"),
    }
}

fn hex(id: &[u8]) -> String {
    let bytes: Vec<String> = id.iter().map(|byte| format!("{byte:02x}")).collect();
    bytes.concat()
}
