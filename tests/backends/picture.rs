//! Renders traces as text, whatever they are read from, so that what was recorded and what a
//! backend returns can be compared as a whole.

use std::fmt::Write;

use opentelemetry::trace::{SpanKind, Status};
use opentelemetry::{Array, KeyValue, Value};
use opentelemetry_sdk::trace::SpanData;

/// A span. Its ids are text, and its times nanoseconds.
#[derive(Debug)]
pub(crate) struct Span {
    pub(crate) trace: String,
    pub(crate) id: String,
    /// The id of the parent, or an empty text.
    pub(crate) parent: String,
    pub(crate) scope: String,
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) status: String,
    pub(crate) start: u128,
    pub(crate) end: u128,
    pub(crate) attributes: Attributes,
    pub(crate) events: Vec<Event>,
    pub(crate) links: Vec<Link>,
}

/// Keys, and values as text that shows their types.
pub(crate) type Attributes = Vec<(String, String)>;

#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) time: u128,
    pub(crate) attributes: Attributes,
}

#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) trace: String,
    pub(crate) id: String,
    pub(crate) attributes: Attributes,
}

pub(crate) const KINDS: [&str; 6] = ["?", "internal", "server", "client", "producer", "consumer"];

/// Renders the spans as trees, in the order in which they started, without ids and times.
pub(crate) fn picture(spans: &mut [Span]) -> String {
    spans.sort_by_key(|span| span.start);
    let mut out = String::from("\n");
    for root in spans.iter().filter(|span| span.parent.is_empty()) {
        draw(root, spans, 0, &mut out);
    }
    out
}

fn draw(span: &Span, all: &[Span], depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    let Span {
        name,
        kind,
        status,
        scope,
        ..
    } = span;
    let attributes = sorted(&span.attributes);
    let _ = writeln!(
        out,
        "{indent}{name} [{kind}] {status} ({scope}){attributes}"
    );
    let mut events: Vec<&Event> = span.events.iter().collect();
    events.sort_by_key(|event| event.time);
    for event in events {
        let _ = writeln!(
            out,
            "{indent}  ! {}{}",
            event.name,
            sorted(&event.attributes)
        );
    }
    for link in &span.links {
        let to = all
            .iter()
            .find(|span| span.id == link.id && span.trace == link.trace);
        let to = to.map_or("elsewhere", |span| &span.name);
        let _ = writeln!(out, "{indent}  ~ {to}{}", sorted(&link.attributes));
    }
    let children = all
        .iter()
        .filter(|child| child.parent == span.id && child.trace == span.trace);
    for child in children {
        draw(child, all, depth + 1, out);
    }
}

fn sorted(attributes: &Attributes) -> String {
    let mut attributes: Vec<String> = attributes
        .iter()
        .map(|(key, value)| format!(" {key}={value}"))
        .collect();
    attributes.sort();
    attributes.concat()
}

/// Returns `ok`, `unset`, or `error` with its description.
pub(crate) fn status(code: u64, description: &str) -> String {
    match code {
        0 => "unset".to_owned(),
        1 => "ok".to_owned(),
        _ => format!("error {description:?}"),
    }
}

impl From<SpanData> for Span {
    fn from(span: SpanData) -> Span {
        let parent = span.parent_span_id;
        let none = parent == opentelemetry::SpanId::INVALID;
        let scope = &span.instrumentation_scope;
        let nanoseconds = |time: std::time::SystemTime| {
            let since = time.duration_since(std::time::UNIX_EPOCH);
            since.expect("after 1970").as_nanos()
        };
        let events = span.events.events.iter().map(|event| Event {
            name: event.name.to_string(),
            time: nanoseconds(event.timestamp),
            attributes: attributes(&event.attributes),
        });
        let links = span.links.links.iter().map(|link| Link {
            trace: link.span_context.trace_id().to_string(),
            id: link.span_context.span_id().to_string(),
            attributes: attributes(&link.attributes),
        });
        Span {
            trace: span.span_context.trace_id().to_string(),
            id: span.span_context.span_id().to_string(),
            parent: if none {
                String::new()
            } else {
                parent.to_string()
            },
            scope: format!("{} {}", scope.name(), scope.version().unwrap_or_default()),
            name: span.name.to_string(),
            kind: kind(&span.span_kind),
            status: match &span.status {
                Status::Unset => status(0, ""),
                Status::Ok => status(1, ""),
                Status::Error { description } => status(2, description),
            },
            start: nanoseconds(span.start_time),
            end: nanoseconds(span.end_time),
            attributes: attributes(&span.attributes),
            events: events.collect(),
            links: links.collect(),
        }
    }
}

fn kind(kind: &SpanKind) -> &'static str {
    match kind {
        SpanKind::Internal => KINDS[1],
        SpanKind::Server => KINDS[2],
        SpanKind::Client => KINDS[3],
        SpanKind::Producer => KINDS[4],
        SpanKind::Consumer => KINDS[5],
    }
}

fn attributes(attributes: &[KeyValue]) -> Attributes {
    let attributes = attributes.iter();
    attributes
        .map(|attribute| (attribute.key.to_string(), value(&attribute.value)))
        .collect()
}

fn value(value: &Value) -> String {
    match value {
        Value::Bool(value) => format!("{value:?}"),
        Value::I64(value) => format!("{value:?}"),
        Value::F64(value) => format!("{value:?}"),
        Value::String(value) => format!("{:?}", value.as_str()),
        Value::Array(Array::Bool(list)) => format!("{list:?}"),
        Value::Array(Array::I64(list)) => format!("{list:?}"),
        Value::Array(Array::F64(list)) => format!("{list:?}"),
        Value::Array(Array::String(list)) => {
            let list: Vec<&str> = list
                .iter()
                .map(opentelemetry::StringValue::as_str)
                .collect();
            format!("{list:?}")
        }
        other => format!("{other:?}"),
    }
}
