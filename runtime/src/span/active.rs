//! A started span: it is made current, written to, and ended.
//!
//! A span of our own provider is in a [`FunctionSpan`] box that goes with its function, and is on the thread's desk while the
//! body runs. All others are reached through their contexts.

use std::any::Any;

use opentelemetry::Context;
use opentelemetry::trace::{SpanId, TraceContextExt};

use crate::ambient::{self, Attached};
use crate::attributes::ValueRef;
use crate::attributes::{Attributes, Sink};
use crate::contain::catch;
use crate::outcome::Failure;
use crate::outcome::exception;
#[cfg(feature = "sdk")]
use crate::sdk::{FunctionSpan, at_desk};
use crate::site::CallSite;
use crate::span::in_context::{InContext, Ownership};
use crate::span::running::Running;

/// A started span.
pub struct Active(Span);

enum Span {
    /// The span of the function, by our own provider.
    #[cfg(feature = "sdk")]
    Kept(Box<FunctionSpan>),
    InContext(Box<InContext>),
}

impl Active {
    #[cfg(feature = "sdk")]
    #[inline]
    pub(crate) fn kept(kept: Box<FunctionSpan>) -> Active {
        Active(Span::Kept(kept))
    }

    pub(crate) fn in_context(
        site: &'static CallSite,
        context: Context,
        parent: SpanId,
        ownership: Ownership,
    ) -> Active {
        Active(Span::InContext(InContext::boxed(InContext {
            site,
            context,
            parent,
            ownership,
        })))
    }

    /// Returns the box of a span of our own provider.
    #[cfg(feature = "sdk")]
    #[inline]
    pub(super) fn into_kept(self) -> Result<Box<FunctionSpan>, Active> {
        match self.0 {
            Span::Kept(kept) => Ok(kept),
            Span::InContext(_) => Err(self),
        }
    }

    /// Enters a span that is not our own provider's, for a body that runs once.
    #[inline]
    pub(super) fn enter_held(self) -> (Context, Running) {
        (self.context().clone(), Running::Held(Some(self)))
    }

    fn context(&self) -> &Context {
        match &self.0 {
            #[cfg(feature = "sdk")]
            Span::Kept(kept) => &kept.context,
            Span::InContext(span) => &span.context,
        }
    }

    /// Changes what the span's context holds besides the span, if that is recorded.
    #[cfg(feature = "root")]
    pub(crate) fn replace_context(&mut self, replace: impl FnOnce(Context) -> Context) {
        let context = match &mut self.0 {
            #[cfg(feature = "sdk")]
            Span::Kept(kept) => &mut kept.context,
            Span::InContext(span) if span.ownership == Ownership::Unrecorded => return,
            Span::InContext(span) => &mut span.context,
        };
        *context = replace(std::mem::take(context));
    }

    /// Makes the span current until the guard is dropped.
    pub(crate) fn attach(&self) -> Attached {
        ambient::attach(self.context())
    }

    /// Puts the span where its body finds it. This can happen several times. Returns the context to run in.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "its callers are apart themselves")]
    pub(crate) fn enter(self) -> (Context, Running) {
        let context = self.context().clone();
        (context, self.put())
    }

    #[inline]
    fn put(self) -> Running {
        match self.0 {
            #[cfg(feature = "sdk")]
            Span::Kept(kept) => {
                let mut kept = Some(kept);
                let key = at_desk(|desk| Some(desk.put(kept.take()?)));
                // A thread that is ending has no desk.
                key.map_or_else(|| Running::Held(kept.map(Active::kept)), Running::AtDesk)
            }
            Span::InContext(_) => {
                // Creates the sentinel, which sees when this thread is ending.
                ambient::is_alive();
                Running::Held(Some(self))
            }
        }
    }

    /// Ends the span of a function that returned. `outcome` looks at the returned value, if the span is recorded.
    #[inline]
    pub(crate) fn returned<'a>(
        self,
        outcome: impl FnOnce(&mut Attributes<'_>) -> Option<Failure<'a>>,
    ) {
        self.finish(|span| {
            if !span.look(outcome) && span.site.success_is_ok() {
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

    fn site(&self) -> &'static CallSite {
        match &self.0 {
            #[cfg(feature = "sdk")]
            Span::Kept(kept) => kept.site,
            Span::InContext(span) => span.site,
        }
    }

    #[cold]
    #[inline(never)]
    pub(super) fn succeeded_as_asked(self) {
        self.finish(|span| span.sink.succeed());
    }

    /// Looks at a value that a stream passed on. Returns `true` if that was a failure.
    pub(crate) fn passed<'a>(
        &mut self,
        outcome: &dyn Fn(&mut Attributes<'_>) -> Option<Failure<'a>>,
    ) -> bool {
        self.write(|span| span.look(outcome)).unwrap_or_default()
    }

    /// Ends the span of a function that panicked.
    #[cold]
    pub(crate) fn panicked(self, payload: Option<&(dyn Any + Send)>) {
        let message = payload.and_then(|payload| {
            let text = payload.downcast_ref::<String>().map(String::as_str);
            text.or_else(|| payload.downcast_ref::<&str>().copied())
        });
        self.finish(|span| span.fail(&Failure::panic(message.as_ref())));
    }

    /// Ends the span of a body that was left in an unknown way, such as a `?`. An error from below may have passed
    /// through it.
    pub(crate) fn passed_through(self) {
        let (own, parent) = match &self.0 {
            #[cfg(feature = "sdk")]
            Span::Kept(kept) => kept.ids(),
            Span::InContext(span) => {
                let own = span.context.span().span_context().span_id();
                (own, span.parent)
            }
        };
        self.returned(|_| None);
        exception::pass_up(own, parent);
    }

    /// Ends the span of a future that was dropped before it was ready.
    pub(crate) fn cancelled(self) {
        let is_own = match &self.0 {
            #[cfg(feature = "sdk")]
            Span::Kept(_) => true,
            Span::InContext(span) => span.ownership != Ownership::Current,
        };
        if is_own {
            let cancelled = ValueRef::Bool(true);
            self.finish(|span| span.sink.set("traced.cancelled".into(), cancelled));
        }
    }

    /// Ends the span, without an outcome.
    #[inline(never)]
    pub(crate) fn end(self) {
        match self.0 {
            #[cfg(feature = "sdk")]
            Span::Kept(mut kept) => {
                kept.forget_context();
                // Without a desk, it is dropped, which ends it.
                at_desk(move |desk| {
                    kept.end(desk);
                    Some(())
                });
            }
            Span::InContext(span) => span.end(),
        }
    }

    /// Writes to the span if it is recorded, and ends it if it is the function's own.
    #[inline]
    fn finish(mut self, write: impl FnOnce(&mut Written<'_>)) {
        self.write(write);
        self.end();
    }

    /// Writes to the span if it is recorded.
    #[inline]
    fn write<R>(&mut self, write: impl FnOnce(&mut Written<'_>) -> R) -> Option<R> {
        match &mut self.0 {
            #[cfg(feature = "sdk")]
            Span::Kept(kept) => {
                kept.settle();
                let site = kept.site;
                kept.is_open().then(|| {
                    write(&mut Written {
                        sink: &mut **kept,
                        site,
                        parent: None,
                    })
                })
            }
            Span::InContext(span) => span.write(write),
        }
    }
}

impl InContext {
    fn write<R>(&self, write: impl FnOnce(&mut Written<'_>) -> R) -> Option<R> {
        if self.ownership == Ownership::Unrecorded {
            return None;
        }
        let mut span = self.context.span();
        span.is_recording().then(|| {
            write(&mut Written {
                sink: &mut span,
                site: self.site,
                parent: Some(self.parent),
            })
        })
    }
}

/// A span that is written to.
struct Written<'a> {
    sink: &'a mut dyn Sink,
    site: &'static CallSite,
    /// The span above, if the span itself does not know it.
    parent: Option<SpanId>,
}

impl Written<'_> {
    /// Looks at the returned value. Returns `true` if that was a failure.
    #[inline]
    fn look<'a>(
        &mut self,
        outcome: impl FnOnce(&mut Attributes<'_>) -> Option<Failure<'a>>,
    ) -> bool {
        let failure = catch(|| outcome(&mut Attributes::of(self.sink, self.site))).flatten();
        if let Some(failure) = &failure {
            self.fail(failure);
        }
        failure.is_some()
    }

    #[cold]
    fn fail(&mut self, failure: &Failure<'_>) {
        exception::fail(self.sink, self.parent, failure);
    }
}
