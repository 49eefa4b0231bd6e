//! A span that is reached through its context: one of another provider, or one that is not
//! recorded.

use std::cell::Cell;
use std::mem;

use opentelemetry::Context;
use opentelemetry::trace::{SpanId, SpanRef, TraceContextExt};

use crate::site::CallSite;

thread_local! {
    /// The box of a span that has ended, to be used for the next one.
    static SPARE: Cell<Option<Box<InContext>>> = const { Cell::new(None) };
}

/// A span that is reached through its context.
pub(super) struct InContext {
    pub(super) site: &'static CallSite,
    pub(super) context: Context,
    /// The id of the span above, which is invalid for a root. With [`Ownership::Current`], this is
    /// the id of the span itself.
    pub(super) parent: SpanId,
    pub(super) ownership: Ownership,
}

/// Says to whom a span that is reached through its context belongs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ownership {
    /// The function, which ends the span.
    Own,
    /// The function. No span is recorded, and the context is only handed on.
    Unrecorded,
    /// Other code. The span was current when the function was called.
    Current,
}

impl InContext {
    /// Puts a span into a box.
    pub(super) fn boxed(span: InContext) -> Box<InContext> {
        match SPARE.try_with(Cell::take).ok().flatten() {
            Some(mut spare) => {
                *spare = span;
                spare
            }
            None => Box::new(span),
        }
    }

    /// Returns the span if it is recorded.
    pub(super) fn recording(&self) -> Option<SpanRef<'_>> {
        if self.ownership == Ownership::Unrecorded {
            return None;
        }
        let span = self.context.span();
        span.is_recording().then_some(span)
    }

    /// Ends the span if it is the function's own, and keeps the box for the next span.
    pub(super) fn end(mut self: Box<InContext>) {
        if self.ownership == Ownership::Own {
            self.context.span().end();
        }
        // This drops what the user may have put into the context, which runs foreign code.
        drop(mem::take(&mut self.context));
        let _ = SPARE.try_with(|spare| spare.set(Some(self)));
    }
}
