//! Renders what follows the bar of a span: the kind, the status and the attributes.

use opentelemetry::KeyValue;
use opentelemetry::trace::{SpanKind, Status};
use opentelemetry_sdk::trace::SpanData;

use super::line::{DIM, GREEN, Line, PLAIN, RED};
use crate::escape::{Escaped, value};

pub(super) fn kind(span: &SpanData) -> Option<Line> {
    match span.span_kind {
        SpanKind::Internal => None,
        ref kind => {
            let kind = format!("{kind:?}").to_lowercase();
            Some(Line::new(PLAIN, format!("[{kind}]")))
        }
    }
}

pub(super) fn status(span: &SpanData) -> Option<Line> {
    match &span.status {
        Status::Unset => None,
        Status::Ok => Some(Line::new(GREEN, "✓")),
        Status::Error { description } => {
            let text = format!("✗ {}", Escaped(description));
            Some(Line::new(RED, text.trim_end()))
        }
    }
}

/// Renders all attributes except `code.*`: the place in the code is not worth its space on a
/// terminal.
pub(super) fn attributes(attributes: &[KeyValue]) -> impl Iterator<Item = Line> + '_ {
    let shown = attributes
        .iter()
        .filter(|attribute| !attribute.key.as_str().starts_with("code."));
    shown.map(|attribute| {
        let key = format!("{}=", Escaped(attribute.key.as_str()));
        Line::new(DIM, key).and(PLAIN, value(&attribute.value))
    })
}
