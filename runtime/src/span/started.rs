//! A span that was started and waits for its function.
//!
//! What one would like to write is an `Option<Active>` that the start returns and `call`, `future`
//! or `enter` takes. But the user's code would hand it over, in each traced function: two words to
//! move, and to drop, with a landing pad, on the way. So the span waits in its thread's state, and
//! a [`Started`] says that it does: one byte, in a register, with nothing to drop.
//!
//! # The protocol
//!
//! - [`Started::of`] puts the span there, as the last step of its start.
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
/// There is no span if there is no provider, or if the parent is not recorded.
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
            // None waits there, which the compiler cannot know.
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

    /// Takes the span.
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

    /// Takes the span and enters it, for a body that runs once. Returns the context to run it in.
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
