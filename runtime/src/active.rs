//! A span in its context: made current, written to, ended.

use std::any::Any;
use std::thread;

use opentelemetry::Context;
#[cfg(feature = "sdk")]
use opentelemetry::Key;
use opentelemetry::trace::{SpanId, TraceContextExt};

use crate::ambient::{self, Attached, Inside};
#[cfg(feature = "sdk")]
use crate::attributes::Exception;
use crate::attributes::{Attributes, Sink};
use crate::exception;
use crate::failure::Failure;
#[cfg(feature = "sdk")]
use crate::sdk;
use crate::site::CallSite;
use crate::unwind::contained;
use crate::value::ValueRef;

/// A started span in its context.
pub struct Active {
    pub(crate) site: &'static CallSite,
    pub(crate) context: Context,
    /// The span above, invalid for a root; for a span that is not the function's own, that span.
    pub(crate) parent: SpanId,
    pub(crate) hold: Hold,
}

/// Whose a span is, and how it is reached.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hold {
    /// The function's own, which ends it.
    Own,
    /// The same, of our own provider.
    #[cfg(feature = "sdk")]
    Native,
    /// The function's own, and not recorded.
    Unrecorded,
    /// The one that was current when the function was called.
    Current,
}

impl Active {
    /// Makes the span current until the guard is dropped.
    pub(crate) fn attach(&self) -> Attached {
        ambient::attach(&self.context)
    }

    /// Runs the call while the span is current, and stops its panic.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a frame less without optimisation")]
    pub(crate) fn run(&self, call: &mut dyn Inside) -> thread::Result<bool> {
        ambient::run(&self.context, call)
    }

    /// The function returned; `outcome` looks at what, and is asked only if that is recorded.
    #[inline]
    pub(crate) fn returned<'a>(
        &self,
        outcome: impl FnOnce(&mut Attributes<'_>) -> Option<Failure<'a>>,
    ) {
        self.finish(|span| {
            if !self.look(span, outcome) && self.site.success_is_ok() {
                span.succeed();
            }
        });
    }

    /// The function returned what holds no failure.
    #[inline]
    pub(crate) fn succeeded(&self) {
        if self.site.success_is_ok() {
            self.succeeded_as_asked();
        } else {
            self.end();
        }
    }

    #[cold]
    #[inline(never)]
    fn succeeded_as_asked(&self) {
        self.finish(|span| span.succeed());
    }

    /// A value was passed on; whether that was a failure.
    pub(crate) fn passed<'a>(
        &self,
        outcome: &dyn Fn(&mut Attributes<'_>) -> Option<Failure<'a>>,
    ) -> bool {
        let mut span = self.context.span();
        span.is_recording() && self.look(&mut span, outcome)
    }

    /// The function panicked.
    #[cold]
    pub(crate) fn panicked(&self, payload: Option<&(dyn Any + Send)>) {
        let message = payload.and_then(|payload| {
            let text = payload.downcast_ref::<String>().map(String::as_str);
            text.or_else(|| payload.downcast_ref::<&str>().copied())
        });
        self.finish(|span| {
            let failure = Failure::panic(message.as_ref());
            self.fail(span, &failure);
        });
    }

    /// What failed below may have passed through the span, by a `?` that nobody saw.
    pub(crate) fn passed_through(&self) {
        let own = self.context.span().span_context().span_id();
        exception::pass_up(own, self.parent);
    }

    /// The function's future was dropped before it was ready.
    pub(crate) fn cancelled(&self) {
        if self.hold != Hold::Current {
            self.finish(|span| span.set("traced.cancelled".into(), ValueRef::Bool(true)));
        }
    }

    /// The function ended, in a way of which nothing is known.
    pub(crate) fn end(&self) {
        match self.hold {
            Hold::Unrecorded | Hold::Current => {}
            #[cfg(feature = "sdk")]
            Hold::Native => sdk::end(&self.context),
            Hold::Own => self.context.span().end(),
        }
    }

    #[inline]
    fn look<'a>(
        &self,
        span: &mut dyn Sink,
        outcome: impl FnOnce(&mut Attributes<'_>) -> Option<Failure<'a>>,
    ) -> bool {
        let failure = contained(|| outcome(&mut Attributes::of(span, self.site))).flatten();
        if let Some(failure) = &failure {
            self.fail(span, failure);
        }
        failure.is_some()
    }

    #[cold]
    fn fail(&self, span: &mut dyn Sink, failure: &Failure<'_>) {
        let own = self.context.span();
        exception::fail(span, own.span_context(), self.parent, failure);
    }

    /// Writes to the span if it is recorded, and ends it if it is the function's own.
    #[inline]
    fn finish(&self, write: impl FnOnce(&mut dyn Sink)) {
        match self.hold {
            Hold::Unrecorded => {}
            #[cfg(feature = "sdk")]
            Hold::Native => {
                let mut span = TakenWhenWritten::Not(&self.context);
                write(&mut span);
                span.end();
            }
            Hold::Own | Hold::Current => {
                let mut span = self.context.span();
                if span.is_recording() {
                    write(&mut span);
                }
                if self.hold == Hold::Own {
                    span.end();
                }
            }
        }
    }
}

/// A span of our own provider at its end: left in its context, where it ends most cheaply, unless there is something to write.
#[cfg(feature = "sdk")]
enum TakenWhenWritten<'a> {
    Not(&'a Context),
    Taken(Option<sdk::Open>),
}

#[cfg(feature = "sdk")]
impl TakenWhenWritten<'_> {
    fn write(&mut self, write: impl FnOnce(&mut sdk::Open)) {
        if let TakenWhenWritten::Not(context) = self {
            *self = TakenWhenWritten::Taken(sdk::take(context));
        }
        if let TakenWhenWritten::Taken(Some(open)) = self {
            write(open);
        }
    }

    fn end(self) {
        match self {
            TakenWhenWritten::Not(context) => sdk::end(context),
            TakenWhenWritten::Taken(open) => open.into_iter().for_each(sdk::Open::end_now),
        }
    }
}

#[cfg(feature = "sdk")]
impl Sink for TakenWhenWritten<'_> {
    fn is_open(&mut self) -> bool {
        let mut is_open = false;
        self.write(|_| is_open = true);
        is_open
    }

    fn set(&mut self, key: Key, value: ValueRef<'_>) {
        self.write(|span| span.set(key, value));
    }

    fn exception(&mut self, exception: &Exception<'_>) {
        self.write(|span| span.exception(exception));
    }

    fn fail(&mut self, description: &str) {
        self.write(|span| span.fail(description));
    }

    fn succeed(&mut self) {
        self.write(Sink::succeed);
    }
}
