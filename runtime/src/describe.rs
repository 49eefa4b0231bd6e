//! What a span says of itself on a log line, though the OpenTelemetry API lets nobody read a span.
//!
//! The span is told to set the status `Unset`, which by the specification changes nothing. A span of ours that is told so
//! looks whether it was asked meanwhile, and leaves its answer in this thread; any other one stays silent.

use std::borrow::Cow;
use std::cell::Cell;

use opentelemetry::KeyValue;
use opentelemetry::trace::{SpanRef, Status};

/// How much is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    Name,
    NameAndAttributes,
}

/// What is known of a span.
#[derive(Debug)]
pub(crate) struct Description {
    pub(crate) name: Cow<'static, str>,
    pub(crate) attributes: Vec<KeyValue>,
}

thread_local! {
    static ASKED: Cell<Option<Detail>> = const { Cell::new(None) };
    static ANSWER: Cell<Option<Description>> = const { Cell::new(None) };
}

/// Asks a span; `None` where it is not one of ours, or is not recorded.
pub(crate) fn ask(span: &SpanRef<'_>, detail: Detail) -> Option<Description> {
    ASKED.set(Some(detail));
    span.set_status(Status::Unset);
    ASKED.set(None);
    ANSWER.try_with(Cell::take).ok().flatten()
}

/// Answers if this span was asked, and no other has answered for it.
pub(crate) fn answer(describe: impl FnOnce(Detail) -> Description) {
    if let Some(detail) = ASKED.take() {
        let _ = ANSWER.try_with(|answer| answer.set(Some(describe(detail))));
    }
}
