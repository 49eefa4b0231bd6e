//! Reads a span for a log line, although the OpenTelemetry API has no way to read a span.
//!
//! A log line asks a span by setting its status to `Unset`, which by the specification changes
//! nothing. A span of our own provider then checks whether it was asked, and leaves the answer in a
//! thread-local. Spans of other providers do not answer. So once there are log lines that ask, this
//! crate wraps each such span that it opens, together with the span's name.

use std::borrow::Cow;
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use opentelemetry::global::BoxedSpan;
use opentelemetry::trace::{Span, SpanContext, SpanRef, Status, TraceContextExt};
use opentelemetry::{Context, KeyValue};

/// The amount of detail that a log line asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    Name,
    NameAndAttributes,
}

/// The description of a span for a log line.
#[derive(Debug)]
pub(crate) struct Description {
    pub(crate) name: Cow<'static, str>,
    pub(crate) attributes: Vec<KeyValue>,
}

thread_local! {
    static ASKED: Cell<Option<Detail>> = const { Cell::new(None) };
    static ANSWER: Cell<Option<Description>> = const { Cell::new(None) };
}

/// Asks a span for its description. Returns `None` if the span cannot answer, or is not recorded.
pub(crate) fn ask(span: &SpanRef<'_>, detail: Detail) -> Option<Description> {
    ASKED.set(Some(detail));
    span.set_status(Status::Unset);
    ASKED.set(None);
    ANSWER.try_with(Cell::take).ok().flatten()
}

/// Answers on behalf of a span, if it was asked and the span that it wraps has not answered
/// already.
pub(crate) fn answer(describe: impl FnOnce(Detail) -> Description) {
    if let Some(detail) = ASKED.take() {
        let _ = ANSWER.try_with(|answer| answer.set(Some(describe(detail))));
    }
}

/// `true` once there are log lines that ask.
static IS_WANTED: AtomicBool = AtomicBool::new(false);

/// Makes sure that all spans that this crate opens from now on can tell their names, whichever
/// provider they belong to.
pub(crate) fn want() {
    IS_WANTED.store(true, Ordering::Relaxed);
}

pub(crate) fn is_wanted() -> bool {
    IS_WANTED.load(Ordering::Relaxed)
}

/// Returns `parent` with this span, which can tell its name if `name` is given.
pub(crate) fn with_span(
    parent: &Context,
    span: BoxedSpan,
    name: Option<Cow<'static, str>>,
) -> Context {
    match name {
        Some(name) => parent.with_span(Named::new(span, name)),
        None => parent.with_span(span),
    }
}

/// A span of any provider that can tell its name.
#[derive(Debug)]
pub(crate) struct Named {
    span: BoxedSpan,
    name: Cow<'static, str>,
}

impl Named {
    pub(crate) fn new(span: BoxedSpan, name: Cow<'static, str>) -> Named {
        Named { span, name }
    }
}

impl Span for Named {
    fn add_event_with_timestamp<T>(&mut self, name: T, time: SystemTime, fields: Vec<KeyValue>)
    where
        T: Into<Cow<'static, str>>,
    {
        self.span.add_event_with_timestamp(name, time, fields);
    }

    fn span_context(&self) -> &SpanContext {
        self.span.span_context()
    }

    fn is_recording(&self) -> bool {
        self.span.is_recording()
    }

    fn set_attribute(&mut self, attribute: KeyValue) {
        self.span.set_attribute(attribute);
    }

    fn set_status(&mut self, status: Status) {
        let is_unset = status == Status::Unset;
        self.span.set_status(status);
        if is_unset && self.span.is_recording() {
            // If the provider is ours, its span has answered already.
            answer(|_| Description {
                name: self.name.clone(),
                attributes: Vec::new(),
            });
        }
    }

    fn update_name<T>(&mut self, name: T)
    where
        T: Into<Cow<'static, str>>,
    {
        self.name = name.into();
        self.span.update_name(self.name.clone());
    }

    fn add_link(&mut self, to: SpanContext, attributes: Vec<KeyValue>) {
        self.span.add_link(to, attributes);
    }

    fn end_with_timestamp(&mut self, time: SystemTime) {
        self.span.end_with_timestamp(time);
    }
}
