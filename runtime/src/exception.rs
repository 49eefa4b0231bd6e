//! Writing a failure to a span: its status, `error.type`, and the exception event, once per error.

use std::fmt::Write;
use std::hash::{DefaultHasher, Hash, Hasher};

use opentelemetry::trace::SpanId;

use crate::attributes::{Exception, Sink};
use crate::failure::Failure;
use crate::format::bounded;
use crate::local;
use crate::value::ValueRef;

/// Ends the story of the span `id` with `failure`; `parent` is the span above it.
///
/// The exception event is left out if the span's last direct child recorded the same error already.
pub(crate) fn fail(span: &mut dyn Sink, id: SpanId, parent: SpanId, failure: &Failure<'_>) {
    let text = bounded(format_args!("{failure}"));
    let known = already_recorded(id, failure, &text);
    if !failure.is_by_decision() {
        remember(parent, known.unwrap_or_else(|| hash(&text)));
    }
    let message = failure.has_text().then_some(text.as_str());
    if known.is_none() && !failure.is_by_decision() {
        add_event(span, failure, message);
    }
    let error_type = failure.error_type();
    span.set("error.type".into(), ValueRef::Str(&error_type));
    span.fail(message.unwrap_or_default());
}

/// Adds the exception event alone; if the same error ends the span, it is not recorded again.
pub(crate) fn record(span: &mut dyn Sink, id: SpanId, failure: &Failure<'_>) {
    let text = bounded(format_args!("{failure}"));
    remember(id, hash(&text));
    add_event(span, failure, Some(&text));
}

fn add_event(span: &mut dyn Sink, failure: &Failure<'_>, message: Option<&str>) {
    let chain = message.and_then(|message| chain(failure, message));
    span.exception(&Exception {
        type_name: failure.exception_type(),
        message,
        stacktrace: chain.as_deref(),
    });
}

/// The error and its sources, a line each; `None` where it has no source.
fn chain(failure: &Failure<'_>, message: &str) -> Option<String> {
    let mut sources = failure.sources().peekable();
    sources.peek()?;
    let mut chain = message.to_owned();
    for source in sources {
        let source = bounded(format_args!("{source}"));
        let _ = write!(chain, "\ncaused by: {source}");
    }
    Some(bounded(format_args!("{chain}")))
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
