//! Writing a failure to a span: its status, `error.type`, and the exception event, once per error.

use std::fmt::Write;
use std::hash::{DefaultHasher, Hash, Hasher};

use opentelemetry::KeyValue;
use opentelemetry::trace::{SpanId, SpanRef, Status};

use crate::failure::Failure;
use crate::format::bounded;
use crate::local;

/// Ends a span's story with `failure`; `parent` is the span above it.
///
/// The exception event is left out if the span's last direct child recorded the same error already.
pub(crate) fn fail(span: &SpanRef<'_>, parent: SpanId, failure: &Failure<'_>) {
    let text = bounded(format_args!("{failure}"));
    let known = already_recorded(span.span_context().span_id(), failure, &text);
    if !failure.is_by_decision() {
        remember(parent, known.unwrap_or_else(|| hash(&text)));
    }
    if known.is_none() && !failure.is_by_decision() {
        add_event(span, failure, failure.has_text().then(|| text.clone()));
    }
    span.set_attribute(KeyValue::new("error.type", failure.error_type()));
    let description = if failure.has_text() {
        text
    } else {
        String::new()
    };
    span.set_status(Status::error(description));
}

/// Adds the exception event alone; if the same error ends the span, it is not recorded again.
pub(crate) fn record(span: &SpanRef<'_>, failure: &Failure<'_>) {
    let text = bounded(format_args!("{failure}"));
    remember(span.span_context().span_id(), hash(&text));
    add_event(span, failure, Some(text));
}

fn add_event(span: &SpanRef<'_>, failure: &Failure<'_>, message: Option<String>) {
    let mut attributes = Vec::with_capacity(3);
    attributes.push(KeyValue::new("exception.type", failure.exception_type()));
    let chain = message.as_ref().and_then(|message| chain(failure, message));
    attributes.extend(message.map(|message| KeyValue::new("exception.message", message)));
    attributes.extend(chain.map(|chain| KeyValue::new("exception.stacktrace", chain)));
    span.add_event("exception", attributes);
}

/// The error and its sources, a line each; `None` where it has no source.
fn chain(failure: &Failure<'_>, message: &str) -> Option<String> {
    let mut chain = message.to_owned();
    for source in failure.sources() {
        let source = bounded(format_args!("{source}"));
        let _ = write!(chain, "\ncaused by: {source}");
    }
    (chain.len() > message.len()).then(|| bounded(format_args!("{chain}")))
}

/// The identity of the exception that a direct child of `span` recorded last, if it is this failure or one of its sources.
fn already_recorded(span: SpanId, failure: &Failure<'_>, text: &str) -> Option<u64> {
    let (parent, identity) = local::with(|local| Some(local.last_exception.get()))?;
    if parent != span {
        return None;
    }
    // A panic whose message could not be had is known by its type.
    let is_unnamed_panic = || failure.is_panic() && identity == hash(failure.exception_type());
    let is_a_source = || {
        failure
            .sources()
            .any(|source| identity == hash(&bounded(format_args!("{source}"))))
    };
    (identity == hash(text) || is_unnamed_panic() || is_a_source()).then_some(identity)
}

fn remember(parent: SpanId, identity: u64) {
    local::with(|local| {
        local.last_exception.set((parent, identity));
        Some(())
    });
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
