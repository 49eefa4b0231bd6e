//! A span in its context: made current, written to, ended.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};
use std::thread;

use opentelemetry::trace::{SpanId, Status, TraceContextExt};
use opentelemetry::{Context, ContextGuard, KeyValue};

use crate::attributes::Attributes;
use crate::exception;
use crate::failure::Failure;
use crate::site::CallSite;
use crate::unwind::contained;

/// A started span in its context.
pub struct Active {
    pub(crate) site: &'static CallSite,
    pub(crate) context: Context,
    /// The span above, invalid for a root; for a span that is not the function's own, that span.
    pub(crate) parent: SpanId,
    /// Whether the function opened the span, and so ends it.
    pub(crate) is_own: bool,
}

impl Active {
    /// Makes the span current until the guard is dropped.
    ///
    /// `None` inside a closure given to `Context::map_current`, where OpenTelemetry panics at every attempt.
    pub(crate) fn attach(&self) -> Option<ContextGuard> {
        let context = self.context.clone();
        contained(|| context.attach())
    }

    /// Runs `f` while the span is current, and stops its panic.
    pub(crate) fn run(&self, f: &mut dyn FnMut()) -> thread::Result<()> {
        let guard = self.attach();
        let result = panic::catch_unwind(AssertUnwindSafe(f));
        drop(guard);
        result
    }

    /// The function returned; `outcome` looks at what, and is asked only if that is recorded.
    pub(crate) fn returned<'a>(self, outcome: &dyn Fn(&mut Attributes<'_>) -> Option<Failure<'a>>) {
        let failed = self.passed(outcome);
        if !failed && self.site.success_is_ok() {
            self.context.span().set_status(Status::Ok);
        }
        self.end();
    }

    /// A value was passed on; whether that was a failure.
    pub(crate) fn passed<'a>(
        &self,
        outcome: &dyn Fn(&mut Attributes<'_>) -> Option<Failure<'a>>,
    ) -> bool {
        let mut span = self.context.span();
        if !span.is_recording() {
            return false;
        }
        let failure = contained(|| outcome(&mut Attributes::of(&mut span))).flatten();
        if let Some(failure) = &failure {
            exception::fail(&span, self.parent, failure);
        }
        failure.is_some()
    }

    /// The function panicked.
    pub(crate) fn panicked(self, payload: Option<&(dyn Any + Send)>) {
        let message = payload.and_then(|payload| {
            let text = payload.downcast_ref::<String>().map(String::as_str);
            text.or_else(|| payload.downcast_ref::<&str>().copied())
        });
        let span = self.context.span();
        if span.is_recording() {
            exception::fail(&span, self.parent, &Failure::panic(message.as_ref()));
        }
        self.end();
    }

    /// The function's future was dropped before it was ready.
    pub(crate) fn cancelled(self) {
        if self.is_own {
            let cancelled = KeyValue::new("traced.cancelled", true);
            self.context.span().set_attribute(cancelled);
        }
        self.end();
    }

    /// The function ended, in a way of which nothing is known.
    pub(crate) fn end(self) {
        if self.is_own {
            self.context.span().end();
        }
    }
}
