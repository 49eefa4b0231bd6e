//! A span that was started and waits for its function.
//!
//! What one would like to write is an `Option<Active>` that the start returns and `call`, `future`
//! or `enter` takes. But the user's code would hand it over, in each traced function: two words to
//! move, and to drop, with a landing pad, on the way. So the span waits in its thread's state, and
//! a [`Started`] says that it does: one byte, in a register, with nothing to drop.
//!
//! Handing the span over as a value was measured with the benchmark (`tests/bench`): a call that is
//! off takes 52 instructions instead of 39, one that is not sampled 151 instead of 138, and a
//! recorded span 11 more of 1,210. Only a future would gain, 13 of 1,730.
//!
//! # The protocol
//!
//! - [`Started::of`] puts the span into the thread's state, as the last step of its start.
//! - The expansion hands the `Started` straight to the function that runs the body, which
//!   [takes](Started::take) the span or [enters](Started::enter) it before it does anything else.
//! - Between the two, only our own code runs. The attributes, the parent and the sampler were
//!   evaluated before. If they called a traced function, its own `Started` has been taken by then.
//!   So at most one span waits on a thread.
//!
//! A span of our own provider waits at the thread's desk, which has to be looked up for it anyway.
//! Any other waits in a cell here.

use std::cell::Cell;
use std::mem;

use opentelemetry::Context;

use crate::span::active::Active;
use crate::span::native::{Desk, NativeSpan, at_desk};
use crate::span::running::Running;

thread_local! {
    /// The span that waits apart from the desk.
    static APART: Cell<Option<Active>> = const { Cell::new(None) };
}

/// Says whether a span was started.
///
/// There is none if the call is filtered out, if no provider is set, or if nothing is recorded
/// below the parent.
#[must_use]
#[derive(Clone, Copy)]
pub struct Started(bool);

impl Started {
    pub(crate) const NONE: Started = Started(false);

    /// Lets a span wait for its function.
    #[inline]
    pub(super) fn of(active: Active, desk: &Desk) -> Started {
        match active.into_native() {
            Ok(span) => span.wait(desk),
            // The old value is `None`, since no other span waits. The compiler cannot know that.
            Err(active) => {
                let _ = APART.try_with(|apart| mem::forget(apart.replace(Some(active))));
            }
        }
        Started(true)
    }

    /// Returns `true` if there is no span.
    #[inline]
    pub(crate) fn is_none(self) -> bool {
        !self.0
    }

    /// Returns what [`is_none`](Self::is_none) does, for places where the optimizer should not see
    /// what started the span.
    #[inline(never)]
    pub(crate) fn is_none_apart(self) -> bool {
        self.is_none()
    }

    /// Takes the span, if one was started.
    #[inline]
    pub(crate) fn take(self) -> Option<Active> {
        if self.is_none() {
            return None;
        }
        at_desk(|desk| match NativeSpan::take_waiting(desk) {
            Some(span) => Some(Active::native(span)),
            None => take_apart(),
        })
    }

    /// Takes the span and enters it, for a body that runs once. Returns the context to run the body
    /// in, or `None` if no span was started.
    #[inline]
    pub(crate) fn enter(self) -> Option<(Context, Running)> {
        if self.is_none() {
            return None;
        }
        at_desk(|desk| match NativeSpan::take_waiting(desk) {
            Some(span) => Some(Running::once(desk, span)),
            None => take_apart().map(Running::once_in_context),
        })
    }
}

#[cold]
#[inline(never)]
fn take_apart() -> Option<Active> {
    APART.try_with(Cell::take).ok().flatten()
}

#[cfg(all(test, feature = "testing"))]
mod tests {
    use super::*;
    use crate::site::CallSite;
    use crate::span::start::start;
    use crate::testing::Capture;

    static OUTER: CallSite = CallSite::named("outer", "waiting 1");
    static INNER: CallSite = CallSite::named("inner", "waiting 1");

    #[test]
    fn a_span_is_taken_once_and_only_through_its_own_start() {
        Capture::new().run(|| {
            let started = start(&OUTER, |_| {});
            assert!(!started.is_none());
            assert!(Started::NONE.take().is_none());
            assert!(started.take().is_some());
            assert!(started.take().is_none());
        });
    }

    #[test]
    fn a_span_waits_only_after_its_attributes_were_evaluated() {
        Capture::new().run(|| {
            let inner = Cell::new(None);
            let outer = start(&OUTER, |_| inner.set(start(&INNER, |_| {}).take()));
            let ids =
                [inner.take(), outer.take()].map(|active| active.map(|active| active.ids().0));
            assert!(ids[0].is_some() && ids[1].is_some() && ids[0] != ids[1]);
        });
    }
}
