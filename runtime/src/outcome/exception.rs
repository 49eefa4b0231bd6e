//! Writes a failure to a span: the status, `error.type`, and the exception as an event or a log
//! record, once for each error.

use std::borrow::Cow;
use std::fmt::Write;
use std::ptr;
use std::sync::OnceLock;

use opentelemetry::trace::{SpanContext, SpanId};

use crate::attributes::ValueRef;
use crate::attributes::format::{bounded, with_bounded};
use crate::attributes::{Exception, Sink};
use crate::outcome::failure::{Failure, Shown};
use crate::outcome::recorded::{keep, last_below, take_below, with_text};

/// Writes the failure that a span ends with. `parent` is the id of the span above it, if the span
/// does not know that itself.
///
/// The exception is left out if it is the one that this thread recorded last, on this span or on a
/// direct child. A span that was ended by hand records nothing, so the exception goes to the span
/// above it.
pub(crate) fn fail(span: &mut dyn Sink, parent: Option<SpanId>, failure: &Failure<'_>) {
    if !span.is_open() {
        return;
    }
    let (own, above) = span.ids();
    let new = with_text(failure);
    let below = take_below(own);
    let shown_by = || below.as_ref()?.shown_by.clone();
    let shown_by = failure.shown_by().or_else(shown_by);
    let known = below
        .as_ref()
        .filter(|below| is_the_same(&below.text, failure, &new.text));
    let error_type = match known {
        Some(known) if failure.is_opaque() => known.error_type.clone(),
        _ => failure.error_type(),
    };
    let is_known = known.is_some();
    let told = Told {
        text: &new.text,
        error_type: &error_type,
        shown_by: shown_by.as_ref(),
        is_new: !is_known && !failure.is_by_decision(),
    };
    write(span, failure, &told);
    if failure.is_by_decision() {
        return keep(below, Some(new));
    }
    let (mut recorded, over) = match below {
        Some(known) if is_known => (known, Some(new)),
        other => (new, other),
    };
    recorded.parent = parent.unwrap_or(above);
    recorded.error_type = error_type;
    recorded.shown_by = shown_by;
    keep(Some(recorded), over);
}

/// The facts that are written about a failure.
struct Told<'a> {
    text: &'a str,
    error_type: &'a str,
    shown_by: Option<&'a Shown>,
    /// `true` if the exception has not been recorded yet.
    is_new: bool,
}

fn write(span: &mut dyn Sink, failure: &Failure<'_>, told: &Told<'_>) {
    let shown = shown(told.text, told.shown_by);
    let message = failure.has_text().then_some(&*shown);
    if told.is_new {
        let mut is_written = false;
        describe(failure, message, told.shown_by, |exception| {
            let is_event = !log(exception, || span.context());
            let is_one = is_event && is_same_text(exception.type_name, told.error_type);
            is_written = is_one && span.failure(exception);
            if is_event && !is_written {
                span.exception(exception);
            }
        });
        if is_written {
            return;
        }
    }
    span.set("error.type".into(), ValueRef::Str(told.error_type));
    span.fail(message.unwrap_or_default());
}

/// Records an exception, and leaves the status of the span as it is. If the span ends with the same
/// error, the exception is not recorded again.
pub(crate) fn record(span: &mut dyn Sink, own: &SpanContext, failure: &Failure<'_>) {
    record_as(own, failure, |exception| {
        if !log(exception, || own.clone()) {
            span.exception(exception);
        }
    });
}

/// Does what [`record`] does, for an exception that was logged already.
#[cfg(feature = "tracing")]
pub(crate) fn record_logged(span: &mut dyn Sink, own: &SpanContext, failure: &Failure<'_>) {
    record_as(own, failure, |exception| span.exception(exception));
}

fn record_as(own: &SpanContext, failure: &Failure<'_>, tell: impl FnOnce(&Exception<'_>)) {
    let mut new = with_text(failure);
    new.shown_by = last_below(own.span_id(), |last| last.shown_by.clone()).flatten();
    let shown_by = new.shown_by.as_ref();
    let message = shown(&new.text, shown_by);
    describe(failure, Some(&message), shown_by, tell);
    drop(message);
    new.parent = own.span_id();
    new.error_type = failure.error_type();
    keep(Some(new), None);
}

/// Returns the text of the failure, if it is the one that this thread recorded last, on `span`
/// itself or on a direct child.
#[cfg(feature = "tracing")]
pub(crate) fn recorded_below(span: SpanId, failure: &Failure<'_>) -> Option<String> {
    let text = bounded(format_args!("{failure}"));
    let shown_by = last_below(span, |last| {
        (last.text == text).then(|| last.shown_by.clone())
    });
    let shown_by = shown_by.flatten()?;
    Some(shown(&text, shown_by.as_ref()).into_owned())
}

fn shown<'t>(text: &'t str, shown_by: Option<&Shown>) -> Cow<'t, str> {
    match shown_by {
        Some(shown_by) => Cow::Owned(shown_by(text)),
        None => Cow::Borrowed(text),
    }
}

/// A function that writes the exception of a span as a log record. It returns `true` if the
/// exception should not be an event of the span as well.
pub(crate) type Log = fn(&Exception<'_>, &mut dyn FnMut() -> SpanContext) -> bool;

static LOG: OnceLock<Log> = OnceLock::new();

/// Offers each exception to `log` from now on. Only the first call of this function has an effect.
#[cfg_attr(
    not(feature = "logs"),
    expect(dead_code, reason = "only `logs` has something to offer them to")
)]
pub(crate) fn offer_to(log: Log) {
    let _ = LOG.set(log);
}

fn log(exception: &Exception<'_>, mut span: impl FnMut() -> SpanContext) -> bool {
    LOG.get().is_some_and(|log| log(exception, &mut span))
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

/// Returns the error and its sources, one per line, or `None` if it has no source.
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

/// Compares two texts that are usually at the same address.
fn is_same_text(one: &str, other: &str) -> bool {
    ptr::eq(one, other) || one == other
}

/// Returns `true` if the exception with the text `known` is this failure or one of its sources.
fn is_the_same(known: &str, failure: &Failure<'_>, text: &str) -> bool {
    // A panic without a message is identified by its type.
    let is_unnamed_panic = || failure.is_panic() && known == failure.exception_type();
    let is_a_source = || {
        let mut sources = failure.sources();
        sources.any(|source| with_bounded(format_args!("{source}"), |text| known == text))
    };
    known == text || is_unnamed_panic() || is_a_source()
}
