//! Remembers the exception that a thread recorded last, so that the spans above recognize it.

use std::borrow::Cow;
use std::cell::Cell;

use opentelemetry::trace::SpanId;

use crate::attributes::format::{KEPT_MEMORY, bounded_in};
use crate::outcome::failure::{Failure, Shown};

/// The exception that a thread recorded last.
pub(super) struct Recorded {
    /// The span that recognizes it next: the parent of the span that failed with it last, or the
    /// span itself if `record_error` recorded it.
    pub(super) parent: SpanId,
    /// The text that identifies it.
    pub(super) text: String,
    /// The `error.type` of the span that failed with it last.
    pub(super) error_type: Cow<'static, str>,
    /// Removes the secrets of a request from its texts, also for the spans that it passes through.
    pub(super) shown_by: Option<Shown>,
}

impl Default for Recorded {
    fn default() -> Recorded {
        Recorded {
            parent: SpanId::INVALID,
            text: String::new(),
            error_type: Cow::Borrowed(""),
            shown_by: None,
        }
    }
}

/// The exceptions that a thread remembers.
struct Memory {
    last: Cell<Option<Box<Recorded>>>,
    /// An exception that is no longer needed. Its allocations are used for the next one.
    over: Cell<Option<Box<Recorded>>>,
}

thread_local! {
    static MEMORY: Memory = const {
        Memory {
            last: Cell::new(None),
            over: Cell::new(None),
        }
    };
}

/// Runs `f` with the thread's memory. Returns `None` in a thread that is ending.
fn with_memory<R>(f: impl FnOnce(&Memory) -> Option<R>) -> Option<R> {
    MEMORY.try_with(f).ok().flatten()
}

/// Calls `of` with the thread's last exception, if `span` is the one to recognize it, and returns
/// the result.
pub(super) fn last_below<R>(span: SpanId, of: impl FnOnce(&Recorded) -> R) -> Option<R> {
    let last = take_below(span);
    let said = last.as_deref().map(of);
    keep(last, None);
    said
}

/// Takes the thread's last exception, if `span` is the one to recognize it.
pub(super) fn take_below(span: SpanId) -> Option<Box<Recorded>> {
    with_memory(|memory| {
        let last = memory.last.take()?;
        if last.parent == span {
            return Some(last);
        }
        memory.last.set(Some(last));
        None
    })
}

/// Creates an exception with the text of this failure, to be remembered.
#[expect(
    clippy::unnecessary_box_returns,
    reason = "a box is moved, not what is in it"
)]
pub(super) fn with_text(failure: &Failure<'_>) -> Box<Recorded> {
    let over = with_memory(|memory| memory.over.take());
    let mut new = over.unwrap_or_default();
    bounded_in(&mut new.text, format_args!("{failure}"));
    new
}

/// Remembers an exception, if there is one, and keeps the allocations of an old one unless they are
/// large.
pub(super) fn keep(recorded: Option<Box<Recorded>>, over: Option<Box<Recorded>>) {
    with_memory(|memory| {
        let before = recorded.and_then(|recorded| memory.last.replace(Some(recorded)));
        let mut over = over.or(before)?;
        over.shown_by = None;
        if over.text.capacity() <= KEPT_MEMORY {
            memory.over.set(Some(over));
        }
        Some(())
    });
}

/// Notes that the span `own` ended in an unknown way. From now on, an exception that `own` would
/// have recognized is recognized by `parent`.
pub(crate) fn pass_up(own: SpanId, parent: SpanId) {
    if let Some(mut last) = take_below(own) {
        last.parent = parent;
        keep(Some(last), None);
    }
}
