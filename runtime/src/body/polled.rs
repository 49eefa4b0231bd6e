//! The span of a future or stream: it is current during each poll, and while the future or stream
//! is dropped.

use std::cell::RefCell;
use std::panic::{RefUnwindSafe, UnwindSafe};

use crate::ambient::{Attached, BeforeContext, Inside};
use crate::attributes::Attributes;
use crate::body::run::{Detecting, run_on, run_once};
use crate::outcome::Failure;
use crate::span::{Active, Running};

thread_local! {
    /// The contexts of futures and streams that are being dropped on this thread before they have
    /// ended.
    static DROPPING: BeforeContext<RefCell<Vec<Attached>>> = BeforeContext::new();
}

/// The span of a future or stream, which ends with it.
pub(crate) struct Span {
    /// `None` while the future is polled, after the end, and if there is no span.
    held: Option<Active>,
}

// A poll that unwinds leaves the span ended, and nothing half-done.
impl UnwindSafe for Span {}
impl RefUnwindSafe for Span {}

impl Span {
    #[inline]
    pub(crate) fn new(active: Option<Active>) -> Self {
        Span { held: active }
    }

    #[inline]
    pub(crate) fn is_none(&self) -> bool {
        self.held.is_none()
    }

    /// Polls inside the span. If the future is ready, ends the span with its outcome.
    #[inline(never)]
    pub(super) fn run_and_detect(&mut self, call: &mut dyn Detecting) {
        if let Some(place) = self.poll(call)
            && let Some(active) = place.leave()
        {
            active.returned(|span| call.outcome(span));
        }
    }

    /// Polls a future inside the span, and ends the span if the future is ready. Its output cannot
    /// hold an error, so it is not looked at.
    #[inline(never)]
    pub(super) fn run_to_end(&mut self, call: &mut dyn Inside) {
        if let Some(place) = self.poll(call) {
            place.succeeded_at_last();
        }
    }

    /// Polls inside the span. If that was the last poll, returns the running span.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "saves a frame without optimization")]
    fn poll(&mut self, call: &mut dyn Inside) -> Option<Running> {
        let (running, is_over) = run_on(self.held.take()?, call);
        if is_over {
            return Some(running);
        }
        self.held = running.leave();
        None
    }

    /// Polls inside the span, which ends here only if the poll panics.
    pub(super) fn run_once(&mut self, call: &mut dyn Inside) {
        if let Some(active) = self.held.take() {
            self.held = run_once(active, call);
        }
    }

    /// Ends the span with this outcome.
    #[inline(never)]
    pub(crate) fn returned<'a>(
        &mut self,
        outcome: &dyn Fn(&mut Attributes<'_>) -> Option<Failure<'a>>,
    ) {
        if let Some(active) = self.held.take() {
            active.returned(outcome);
        }
    }

    pub(crate) fn active(&mut self) -> Option<&mut Active> {
        self.held.as_mut()
    }

    pub(crate) fn end(&mut self) {
        if let Some(active) = self.held.take() {
            active.end();
        }
    }

    /// Makes the span current while the future is dropped, until the span itself is dropped.
    ///
    /// The guard is kept in a thread-local: a field would make the future `!Send`.
    #[inline]
    pub(crate) fn enter_for_drop(&self) {
        if !self.is_none() {
            self.attach_for_drop();
        }
    }

    #[cold]
    #[inline(never)]
    fn attach_for_drop(&self) {
        let guard = self.held.as_ref().map_or(Attached::NOT, Active::attach);
        BeforeContext::with(&DROPPING, |dropping| {
            dropping.borrow_mut().push(guard);
            Some(())
        });
    }

    /// Lets `end` end the span of a future or stream that is dropped before it has ended.
    #[cold]
    #[inline(never)]
    pub(crate) fn end_dropped(&mut self, end: fn(Active)) {
        let guard = BeforeContext::with(&DROPPING, |dropping| dropping.borrow_mut().pop());
        drop(guard);
        if let Some(active) = self.held.take() {
            end(active);
        }
    }
}

impl Drop for Span {
    #[inline]
    fn drop(&mut self) {
        if !self.is_none() {
            self.end_dropped(Active::cancelled);
        }
    }
}
