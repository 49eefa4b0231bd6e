//! A started span: made current, written to, ended.
//!
//! A span of our own provider goes with its function in a [`Kept`] box, and is at the thread's desk while the body runs. Any other is
//! reached through its context.

use std::any::Any;
use std::mem;

use opentelemetry::Context;
use opentelemetry::trace::{SpanId, TraceContextExt};

use crate::ambient::{self, Attached};
use crate::attributes::ValueRef;
use crate::attributes::{Attributes, Sink};
use crate::contain::catch;
use crate::outcome::Failure;
use crate::outcome::exception;
#[cfg(feature = "sdk")]
use crate::sdk::{Kept, Key};
use crate::site::CallSite;
use crate::span::thread_state::{self, Local};

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

/// What is left of a span that is over, for the next one.
pub(crate) struct Spare(Box<InContext>);

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

/// Where a span is while its function's body runs.
#[must_use]
pub(crate) enum Place {
    #[cfg(feature = "sdk")]
    AtDesk(Key),
    Held(Option<Active>),
}

impl Place {
    /// Takes the span back.
    #[inline]
    pub(crate) fn leave(self) -> Option<Active> {
        match self {
            #[cfg(feature = "sdk")]
            Place::AtDesk(key) => {
                thread_state::with(|local| local.desk.take(key)).map(Active::kept)
            }
            Place::Held(active) => active,
        }
    }

    /// The function returned what holds no failure. For a body that [ran once](Active::enter_once).
    #[inline]
    pub(crate) fn succeeded(self) {
        self.succeed(false);
    }

    /// The same, for a body that [ran several times](Active::enter).
    #[inline]
    pub(crate) fn succeeded_at_last(self) {
        self.succeed(true);
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is where a span ends")]
    #[cfg_attr(
        not(feature = "sdk"),
        expect(unused_variables, reason = "only our own provider's spans are kept")
    )]
    fn succeed(self, has_context: bool) {
        match self {
            #[cfg(feature = "sdk")]
            Place::AtDesk(key) => {
                thread_state::with(|local| {
                    let mut kept = local.desk.take(key)?;
                    if has_context {
                        kept.forget_context();
                    }
                    if kept.site.success_is_ok() {
                        Active::kept(kept).succeeded_as_asked();
                    } else {
                        kept.end(&local.desk);
                    }
                    Some(())
                });
            }
            Place::Held(Some(active)) => active.succeeded(),
            Place::Held(None) => {}
        }
    }
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
        let span = InContext {
            site,
            context,
            parent,
            hold,
        };
        Active(Span::InContext(
            match thread_state::with(|local| local.spare.take()) {
                Some(Spare(mut left)) => {
                    *left = span;
                    left
                }
                None => Box::new(span),
            },
        ))
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
        *context = replace(mem::take(context));
    }

    /// Makes the span current until the guard is dropped.
    pub(crate) fn attach(&self) -> Attached {
        ambient::attach(self.context())
    }

    /// Puts the span where its body finds it, which runs once.
    #[inline]
    #[cfg_attr(
        not(feature = "sdk"),
        expect(
            unused_variables,
            reason = "only our own provider's spans are put anywhere"
        )
    )]
    pub(crate) fn enter_once(self, local: &Local) -> (Context, Place) {
        match self.0 {
            #[cfg(feature = "sdk")]
            Span::Kept(mut kept) => {
                let context = mem::take(&mut kept.context);
                (context, Place::AtDesk(local.desk.put(kept)))
            }
            Span::InContext(_) => {
                let context = self.context().clone();
                (context, Place::Held(Some(self)))
            }
        }
    }

    /// The same, for one of several times.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "its callers are apart themselves")]
    pub(crate) fn enter(self) -> (Context, Place) {
        let context = self.context().clone();
        (context, self.put())
    }

    #[inline]
    fn put(self) -> Place {
        match self.0 {
            #[cfg(feature = "sdk")]
            Span::Kept(kept) => {
                let mut kept = Some(kept);
                let key = thread_state::with(|local| Some(local.desk.put(kept.take()?)));
                // A thread that is ending has no desk.
                key.map_or_else(|| Place::Held(kept.map(Active::kept)), Place::AtDesk)
            }
            Span::InContext(_) => {
                // Asked for the end of this thread to be seen.
                ambient::is_alive();
                Place::Held(Some(self))
            }
        }
    }

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
            Span::Kept(kept) => kept.ids(),
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
    #[inline(never)]
    pub(crate) fn end(self) {
        match self.0 {
            #[cfg(feature = "sdk")]
            Span::Kept(mut kept) => {
                kept.forget_context();
                // Where there is no desk, it ends by being dropped.
                thread_state::with(move |local| {
                    kept.end(&local.desk);
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
        if self.hold == Hold::Unrecorded {
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

    /// Ends the span if it is the function's own, and keeps the box for another one.
    fn end(mut self: Box<InContext>) {
        if self.hold == Hold::Own {
            self.context.span().end();
        }
        // With it goes what the user may have put into it, which is foreign code.
        drop(mem::take(&mut self.context));
        thread_state::with(|local| local.spare.replace(Some(Spare(self))));
    }
}

/// A span that is written to.
struct Written<'a> {
    sink: &'a mut dyn Sink,
    site: &'static CallSite,
    /// The span above, if the span itself does not say it.
    parent: Option<SpanId>,
}

impl Written<'_> {
    /// Looks at what was returned; whether that was a failure.
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
