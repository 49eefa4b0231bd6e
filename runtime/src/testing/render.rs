//! Renders captured spans as text.

use std::fmt::Write;

use opentelemetry::trace::{SpanId, SpanKind, Status};
use opentelemetry::{Array, KeyValue, Value};
use opentelemetry_sdk::trace::SpanData;

use crate::escape::Escaped;
use crate::span_tree::{Tree, forest};

/// Renders the trees of `spans`, then the names of those that have not ended.
pub(super) fn render(spans: &[SpanData], unended: &[String]) -> String {
    let mut out = String::from("\n");
    for tree in forest(spans) {
        render_tree(&tree, spans, 0, &mut out);
    }
    for name in unended {
        let _ = writeln!(out, "not ended: {}", Escaped(name));
    }
    out
}

fn render_tree(tree: &Tree<'_>, all: &[SpanData], depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    let span = tree.span;
    let _ = writeln!(out, "{indent}{}", head(span));
    for event in &span.events.events {
        let _ = writeln!(
            out,
            "{indent}  ! {}{}",
            Escaped(&event.name),
            attributes(&event.attributes)
        );
    }
    for link in &span.links.links {
        let target = name_of(link.span_context.span_id(), all);
        let _ = writeln!(
            out,
            "{indent}  ~ link to {}{}",
            Escaped(target),
            attributes(&link.attributes)
        );
    }
    for child in &tree.children {
        render_tree(child, all, depth + 1, out);
    }
}

fn head(span: &SpanData) -> String {
    let kind = match span.span_kind {
        SpanKind::Internal => "",
        SpanKind::Client => " [client]",
        SpanKind::Server => " [server]",
        SpanKind::Producer => " [producer]",
        SpanKind::Consumer => " [consumer]",
    };
    let remote = if span.parent_span_is_remote {
        " (remote parent)"
    } else {
        ""
    };
    let status = match &span.status {
        Status::Unset => String::new(),
        Status::Ok => " ok".to_owned(),
        Status::Error { description } => format!(" error {description:?}"),
    };
    format!(
        "{}{kind}{remote}{status}{}",
        Escaped(&span.name),
        attributes(&span.attributes)
    )
}

fn name_of(id: SpanId, all: &[SpanData]) -> &str {
    let span = all.iter().find(|span| span.span_context.span_id() == id);
    span.map_or("elsewhere", |span| &span.name)
}

/// Renders ` {key=value, …}` without `code.*`, or nothing if there are no other attributes.
fn attributes(attributes: &[KeyValue]) -> String {
    let shown: Vec<String> = attributes
        .iter()
        .filter(|attribute| !attribute.key.as_str().starts_with("code."))
        .map(|attribute| format!("{}={}", Escaped(&attribute.key), value(&attribute.value)))
        .collect();
    if shown.is_empty() {
        return String::new();
    }
    format!(" {{{}}}", shown.join(", "))
}

fn value(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{:?}", text.as_str()),
        Value::F64(number) => format!("{number:?}"),
        Value::Array(Array::String(list)) => {
            let list: Vec<&str> = list
                .iter()
                .map(opentelemetry::StringValue::as_str)
                .collect();
            format!("{list:?}")
        }
        other => other.to_string(),
    }
}
