//! Writing a failure to a span: its status, `error.type`, and the exception, as an event or a log record, once per error.

use std::borrow::Cow;
use std::fmt::Write;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

use opentelemetry::trace::{SpanContext, SpanId};

use crate::attributes::{Exception, Sink};
use crate::failure::Failure;
use crate::format::bounded;
use crate::local;
#[cfg(feature = "logs")]
use crate::logs::log;
use crate::value::ValueRef;

/// Makes of an error's text what is recorded of it.
pub(crate) type Shown = Rc<dyn Fn(&str) -> String>;

/// The last exception that a thread recorded.
#[derive(Clone)]
pub(crate) struct Recorded {
    /// The span above the one that failed with it last.
    parent: SpanId,
    /// Its text's hash.
    identity: u64,
    /// The `error.type` of the span that failed with it last.
    error_type: Cow<'static, str>,
    /// What removed the secrets of a request from its texts, and does so for the spans that it passes.
    shown_by: Option<Shown>,
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
    let below = last_below(own.span_id());
    let shown_by = below.as_ref().and_then(|below| below.shown_by.clone());
    let shown_by = failure.shown_by().or(shown_by);
    let known = below.filter(|below| is_the_same(below.identity, failure, &text));
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
            shown_by.clone(),
        );
    }
    let shown = shown(&text, shown_by.as_ref());
    let message = failure.has_text().then_some(&*shown);
    if known.is_none() && !failure.is_by_decision() {
        let mut is_written = false;
        describe(failure, message, shown_by.as_ref(), |exception| {
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
    record_as(own, failure, |exception| {
        if !log(exception, own) {
            span.exception(exception);
        }
    });
}

/// The same for what is logged already.
#[cfg(feature = "tracing")]
pub(crate) fn record_logged(span: &mut dyn Sink, own: &SpanContext, failure: &Failure<'_>) {
    record_as(own, failure, |exception| span.exception(exception));
}

fn record_as(own: &SpanContext, failure: &Failure<'_>, tell: impl FnOnce(&Exception<'_>)) {
    let text = bounded(format_args!("{failure}"));
    let shown_by = last_below(own.span_id()).and_then(|below| below.shown_by);
    remember(
        own.span_id(),
        hash(&text),
        failure.error_type(),
        shown_by.clone(),
    );
    let message = shown(&text, shown_by.as_ref());
    describe(failure, Some(&message), shown_by.as_ref(), tell);
}

/// The text of the failure, if a direct child of `span` recorded it last, in these words.
#[cfg(feature = "tracing")]
pub(crate) fn recorded_below(span: SpanId, failure: &Failure<'_>) -> Option<String> {
    let text = bounded(format_args!("{failure}"));
    let last = last_below(span).filter(|last| last.identity == hash(&text))?;
    Some(shown(&text, last.shown_by.as_ref()).into_owned())
}

fn shown<'t>(text: &'t str, shown_by: Option<&Shown>) -> Cow<'t, str> {
    match shown_by {
        Some(shown_by) => Cow::Owned(shown_by(text)),
        None => Cow::Borrowed(text),
    }
}

#[cfg(not(feature = "logs"))]
fn log(_: &Exception<'_>, _: &SpanContext) -> bool {
    false
}

fn describe(
    failure: &Failure<'_>,
    message: Option<&str>,
    shown_by: Option<&Shown>,
    tell: impl FnOnce(&Exception<'_>),
) {
    let chain = message.and_then(|message| chain(failure, message, shown_by));
    tell(&Exception {
        type_name: failure.exception_type(),
        message,
        stacktrace: chain.as_deref(),
    });
}

/// The error and its sources, a line each; `None` where it has no source.
fn chain(failure: &Failure<'_>, message: &str, shown_by: Option<&Shown>) -> Option<String> {
    let mut sources = failure.sources().peekable();
    sources.peek()?;
    let mut chain = message.to_owned();
    for source in sources {
        let source = bounded(format_args!("{source}"));
        let _ = write!(chain, "\ncaused by: {}", shown(&source, shown_by));
    }
    Some(bounded(format_args!("{chain}")))
}

/// The exception that a direct child of `span` recorded last.
fn last_below(span: SpanId) -> Option<Recorded> {
    let last = local::with(|local| {
        let last = local.last_exception.take();
        local.last_exception.set(last.clone());
        last
    });
    last.filter(|last| last.parent == span)
}

/// Returns `true` if the exception of this identity is this failure or one of its sources.
fn is_the_same(identity: u64, failure: &Failure<'_>, text: &str) -> bool {
    // A panic whose message could not be had is known by its type.
    let is_unnamed_panic = || failure.is_panic() && identity == hash(failure.exception_type());
    let is_a_source = || {
        failure
            .sources()
            .any(|source| identity == hash(&bounded(format_args!("{source}"))))
    };
    identity == hash(text) || is_unnamed_panic() || is_a_source()
}

fn remember(parent: SpanId, identity: u64, error_type: Cow<'static, str>, shown_by: Option<Shown>) {
    local::with(|local| {
        local.last_exception.set(Some(Recorded {
            parent,
            identity,
            error_type,
            shown_by,
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
