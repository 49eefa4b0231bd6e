//! Ends the span of a function, after writing what came of the body to it.

use std::any::Any;

use crate::attributes::{Attributes, ValueRef};
use crate::outcome::Failure;
use crate::outcome::recorded;
use crate::span::active::Active;
use crate::span::written::Written;

impl Active {
    /// Ends the span of a function that returned. `outcome` looks at the returned value, if the
    /// span is recorded.
    #[inline]
    pub(crate) fn returned<'a>(
        self,
        outcome: impl FnOnce(&mut Attributes<'_>) -> Option<Failure<'a>>,
    ) {
        self.finish(|span| {
            if !span.detect(outcome) && span.site.success_is_ok() {
                span.sink.succeed();
            }
        });
    }

    /// Ends the span of a function that returned without a failure.
    #[inline]
    pub(crate) fn succeeded(self) {
        if self.site().success_is_ok() {
            self.succeeded_as_asked();
        } else {
            self.end();
        }
    }

    #[cold]
    #[inline(never)]
    pub(super) fn succeeded_as_asked(self) {
        self.finish(|span| span.sink.succeed());
    }

    /// Lets `outcome` look at a value that a stream yielded. Returns `true` if it was a failure.
    pub(crate) fn passed<'a>(
        &mut self,
        outcome: &dyn Fn(&mut Attributes<'_>) -> Option<Failure<'a>>,
    ) -> bool {
        self.write(|span| span.detect(outcome)).unwrap_or_default()
    }

    /// Ends the span of a function that panicked.
    #[cold]
    pub(crate) fn panicked(self, payload: Option<&(dyn Any + Send)>) {
        self.finish(|span| span.fail(&Failure::panic(payload)));
    }

    /// Ends the span of a body that was left in an unknown way, such as by a `?`. An error from
    /// below may have passed through it.
    pub(crate) fn passed_through(self) {
        let (own, parent) = self.ids();
        self.returned(|_| None);
        recorded::pass_up(own, parent);
    }

    /// Ends the span of a future that was dropped before it was ready, if it is the function's own.
    pub(crate) fn cancelled(self) {
        if self.is_own() {
            let cancelled = ValueRef::Bool(true);
            self.finish(|span| span.sink.set("traced.cancelled".into(), cancelled));
        }
    }

    /// Writes to the span if it is recorded, and ends it if it is the function's own.
    #[inline]
    fn finish(mut self, write: impl FnOnce(&mut Written<'_>)) {
        self.write(write);
        self.end();
    }
}
