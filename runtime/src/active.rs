//! A started span: made current, written to, ended.
//!
//! A span of our own provider goes with its function in a [`Kept`] box, and is at the thread's desk while the body runs. Any other is
//! reached through its context.

use std::any::Any;

use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt};

use crate::ambient::{self, Attached};
use crate::attributes::{Attributes, Sink};
use crate::exception;
use crate::failure::Failure;
#[cfg(feature = "sdk")]
use crate::local;
#[cfg(feature = "sdk")]
use crate::sdk::Kept;
#[cfg(feature = "sdk")]
use crate::sdk::desk::Key;
use crate::site::CallSite;
use crate::unwind::contained;
use crate::value::ValueRef;

/// A started span.
pub struct Active(Span);

enum Span {
    /// The function's own, of our own provider.
    #[cfg(feature = "sdk")]
    Kept(Box<Kept>),
    InContext(Box<InContext>),
}

/// A span that is reached through its context.
struct InContext {
    site: &'static CallSite,
    context: Context,
    /// The span above, invalid for a root; for a span that is not the function's own, that span.
    parent: SpanId,
    hold: Hold,
}

/// Whose a span is that is reached through its context.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hold {
    /// The function's own, which ends it.
    Own,
    /// The function's own, and not recorded.
    Unrecorded,
    /// The one that was current when the function was called.
    Current,
}

/// How a span that was entered is left.
#[derive(Clone, Copy)]
pub(crate) struct Left {
    #[cfg(feature = "sdk")]
    key: Option<Key>,
}

impl Active {
    #[cfg(feature = "sdk")]
    #[inline]
    pub(crate) fn kept(kept: Box<Kept>) -> Active {
        Active(Span::Kept(kept))
    }

    pub(crate) fn in_context(
        site: &'static CallSite,
        context: Context,
        parent: SpanId,
        hold: Hold,
    ) -> Active {
        Active(Span::InContext(Box::new(InContext {
            site,
            context,
            parent,
            hold,
        })))
    }

    fn context(&self) -> &Context {
        match &self.0 {
            #[cfg(feature = "sdk")]
            Span::Kept(kept) => &kept.context,
            Span::InContext(span) => &span.context,
        }
    }

    /// Changes what is in the span's context beside the span, if it is recorded.
    #[cfg(feature = "root")]
    pub(crate) fn replace_context(&mut self, replace: impl FnOnce(Context) -> Context) {
        let context = match &mut self.0 {
            #[cfg(feature = "sdk")]
            Span::Kept(kept) => &mut kept.context,
            Span::InContext(span) if span.hold == Hold::Unrecorded => return,
            Span::InContext(span) => &mut span.context,
        };
        *context = replace(std::mem::take(context));
    }

    /// Makes the span current until the guard is dropped.
    pub(crate) fn attach(&self) -> Attached {
        ambient::attach(self.context())
    }

    /// Puts the span where the body finds it, which runs once; it is to be [left](Active::leave) afterwards.
    #[inline]
    pub(crate) fn enter_once(active: &mut Option<Active>) -> Option<(Context, Left)> {
        let context = match &mut active.as_mut()?.0 {
            #[cfg(feature = "sdk")]
            Span::Kept(kept) => std::mem::take(&mut kept.context),
            Span::InContext(span) => span.context.clone(),
        };
        Some((context, Active::put(active)))
    }

    /// The same, for one of several times.
    #[inline]
    pub(crate) fn enter(active: &mut Option<Active>) -> Option<(Context, Left)> {
        let context = active.as_ref()?.context().clone();
        Some((context, Active::put(active)))
    }

    #[cfg(feature = "sdk")]
    #[inline]
    fn put(active: &mut Option<Active>) -> Left {
        let mut key = None;
        if matches!(active, Some(Active(Span::Kept(_)))) {
            local::with(|local| {
                if let Some(Active(Span::Kept(kept))) = active.take() {
                    key = Some(local.desk.put(kept));
                }
                key
            });
        }
        Left { key }
    }

    #[cfg(not(feature = "sdk"))]
    #[inline]
    fn put(_: &mut Option<Active>) -> Left {
        Left {}
    }

    /// Takes the span back.
    #[cfg(feature = "sdk")]
    #[inline]
    pub(crate) fn leave(active: &mut Option<Active>, left: Left) {
        if let Some(key) = left.key {
            let kept = local::with(|local| local.desk.take(key));
            // Nothing is there, which the compiler cannot know.
            std::mem::forget(std::mem::replace(active, kept.map(Active::kept)));
        }
    }

    #[cfg(not(feature = "sdk"))]
    #[inline]
    pub(crate) fn leave(_: &mut Option<Active>, _: Left) {}

    /// The function returned; `outcome` looks at what, and is asked only if that is recorded.
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

    /// The function returned what holds no failure.
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
    fn succeeded_as_asked(self) {
        self.finish(|span| span.sink.succeed());
    }

    /// A value was passed on; whether that was a failure.
    pub(crate) fn passed<'a>(
        &mut self,
        outcome: &dyn Fn(&mut Attributes<'_>) -> Option<Failure<'a>>,
    ) -> bool {
        self.write(|span| span.look(outcome)).unwrap_or_default()
    }

    /// The function panicked.
    #[cold]
    pub(crate) fn panicked(self, payload: Option<&(dyn Any + Send)>) {
        let message = payload.and_then(|payload| {
            let text = payload.downcast_ref::<String>().map(String::as_str);
            text.or_else(|| payload.downcast_ref::<&str>().copied())
        });
        self.finish(|span| span.fail(&Failure::panic(message.as_ref())));
    }

    /// The body was left in a way of which nothing is known, by a `?` perhaps: what failed below may have passed through.
    pub(crate) fn passed_through(self) {
        let (own, parent) = match &self.0 {
            #[cfg(feature = "sdk")]
            Span::Kept(kept) => {
                let (own, parent) = kept.contexts();
                (own.span_id(), parent)
            }
            Span::InContext(span) => {
                let own = span.context.span().span_context().span_id();
                (own, span.parent)
            }
        };
        self.returned(|_| None);
        exception::pass_up(own, parent);
    }

    /// The function's future was dropped before it was ready.
    pub(crate) fn cancelled(self) {
        let is_own = match &self.0 {
            #[cfg(feature = "sdk")]
            Span::Kept(_) => true,
            Span::InContext(span) => span.hold != Hold::Current,
        };
        if is_own {
            let cancelled = ValueRef::Bool(true);
            self.finish(|span| span.sink.set("traced.cancelled".into(), cancelled));
        }
    }

    /// The function ended, in a way of which nothing is known.
    #[inline]
    pub(crate) fn end(self) {
        match self.0 {
            #[cfg(feature = "sdk")]
            Span::Kept(kept) => kept.end(),
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
                        place: None,
                    })
                })
            }
            Span::InContext(span) => span.write(write),
        }
    }
}

impl InContext {
    fn write<R>(&self, write: impl FnOnce(&mut Written<'_>) -> R) -> Option<R> {
        if self.hold == Hold::Unrecorded {
            return None;
        }
        let mut span = self.context.span();
        span.is_recording().then(|| {
            write(&mut Written {
                sink: &mut span,
                site: self.site,
                place: Some((&self.context, self.parent)),
            })
        })
    }

    fn end(&self) {
        if self.hold == Hold::Own {
            self.context.span().end();
        }
    }
}

/// A span that is written to.
struct Written<'a> {
    sink: &'a mut dyn Sink,
    site: &'static CallSite,
    /// Its context and the span above, if the span itself does not say them.
    place: Option<(&'a Context, SpanId)>,
}

impl Written<'_> {
    /// Looks at what was returned; whether that was a failure.
    #[inline]
    fn look<'a>(
        &mut self,
        outcome: impl FnOnce(&mut Attributes<'_>) -> Option<Failure<'a>>,
    ) -> bool {
        let failure = contained(|| outcome(&mut Attributes::of(self.sink, self.site))).flatten();
        if let Some(failure) = &failure {
            self.fail(failure);
        }
        failure.is_some()
    }

    #[cold]
    fn fail(&mut self, failure: &Failure<'_>) {
        let (own, parent) = self.contexts();
        exception::fail(self.sink, &own, parent, failure);
    }

    fn contexts(&self) -> (SpanContext, SpanId) {
        match self.place {
            Some((context, parent)) => (context.span().span_context().clone(), parent),
            None => self.sink.contexts(),
        }
    }
}
