//! Writing a failure to a span: its status, `error.type`, and the exception, as an event or a log record, once per error.

use std::borrow::Cow;
use std::fmt::Write;
use std::hash::{DefaultHasher, Hash, Hasher};

use opentelemetry::trace::{SpanContext, SpanId};

use crate::attributes::{Exception, Sink};
use crate::failure::Failure;
use crate::format::bounded;
use crate::local;
#[cfg(feature = "logs")]
use crate::logs::log;
use crate::value::ValueRef;

/// The last exception that a thread recorded.
#[derive(Clone)]
pub(crate) struct Recorded {
    /// The span above the one that failed with it last.
    parent: SpanId,
    /// Its text's hash.
    identity: u64,
    /// The `error.type` of the span that failed with it last.
    error_type: Cow<'static, str>,
}

/// Ends the story of a span with `failure`; `own` is its context, and `parent` the span above it.
///
/// The exception is left out if the span's last direct child recorded the same error already. A span that was ended by hand
/// records nothing, so that the one above does.
pub(crate) fn fail(span: &mut dyn Sink, own: &SpanContext, parent: SpanId, failure: &Failure<'_>) {
    if !span.is_open() {
        return;
    }
    let text = bounded(format_args!("{failure}"));
    let known = already_recorded(own.span_id(), failure, &text);
    let error_type = match &known {
        Some(known) if failure.is_opaque() => known.error_type.clone(),
        _ => failure.error_type(),
    };
    if !failure.is_by_decision() {
        let identity = known.as_ref().map(|known| known.identity);
        remember(
            parent,
            identity.unwrap_or_else(|| hash(&text)),
            error_type.clone(),
        );
    }
    let shown = failure.shown(&text);
    let message = failure.has_text().then_some(&*shown);
    if known.is_none() && !failure.is_by_decision() {
        let mut is_written = false;
        describe(failure, message, |exception| {
            let is_event = !log(exception, own);
            is_written = is_event && exception.type_name == error_type && span.failure(exception);
            if is_event && !is_written {
                span.exception(exception);
            }
        });
        if is_written {
            return;
        }
    }
    span.set("error.type".into(), ValueRef::Str(&error_type));
    span.fail(message.unwrap_or_default());
}

/// Records the exception alone; if the same error ends the span, it is not recorded again.
pub(crate) fn record(span: &mut dyn Sink, own: &SpanContext, failure: &Failure<'_>) {
    let text = bounded(format_args!("{failure}"));
    remember(own.span_id(), hash(&text), failure.error_type());
    signal(span, own, failure, Some(&text));
}

/// The same for what is logged already.
#[cfg(feature = "tracing")]
pub(crate) fn record_logged(span: &mut dyn Sink, own: &SpanContext, failure: &Failure<'_>) {
    let text = bounded(format_args!("{failure}"));
    remember(own.span_id(), hash(&text), failure.error_type());
    describe(failure, Some(&text), |exception| span.exception(exception));
}

/// Makes the exception an event of the span, a log record, or both.
fn signal(span: &mut dyn Sink, own: &SpanContext, failure: &Failure<'_>, message: Option<&str>) {
    describe(failure, message, |exception| {
        if !log(exception, own) {
            span.exception(exception);
        }
    });
}

#[cfg(not(feature = "logs"))]
fn log(_: &Exception<'_>, _: &SpanContext) -> bool {
    false
}

fn describe(failure: &Failure<'_>, message: Option<&str>, tell: impl FnOnce(&Exception<'_>)) {
    let chain = message.and_then(|message| chain(failure, message));
    tell(&Exception {
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
        let _ = write!(chain, "\ncaused by: {}", failure.shown(&source));
    }
    Some(bounded(format_args!("{chain}")))
}

/// The identity of the exception that a direct child of `span` recorded last, if it is this failure or one of its sources.
fn already_recorded(span: SpanId, failure: &Failure<'_>, text: &str) -> Option<Recorded> {
    let last = local::with(|local| {
        let last = local.last_exception.take();
        local.last_exception.set(last.clone());
        last
    });
    let last = last.filter(|last| last.parent == span)?;
    let identity = last.identity;
    // A panic whose message could not be had is known by its type.
    let is_unnamed_panic = || failure.is_panic() && identity == hash(failure.exception_type());
    let is_a_source = || {
        failure
            .sources()
            .any(|source| identity == hash(&bounded(format_args!("{source}"))))
    };
    (identity == hash(text) || is_unnamed_panic() || is_a_source()).then_some(last)
}

fn remember(parent: SpanId, identity: u64, error_type: Cow<'static, str>) {
    local::with(|local| {
        local.last_exception.set(Some(Recorded {
            parent,
            identity,
            error_type,
        }));
        Some(())
    });
}

/// Takes note that the span `own` ended without a look at what passed through it: an exception of its child counts as one
/// of a child of `parent` from now on.
pub(crate) fn pass_up(own: SpanId, parent: SpanId) {
    local::with(|local| {
        let last = local.last_exception.take();
        local.last_exception.set(last.map(|last| Recorded {
            parent: if last.parent == own {
                parent
            } else {
                last.parent
            },
            ..last
        }));
        Some(())
    });
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
