//! A started span, which is made current and then ended.
//!
//! A span of our own provider is in a [`FunctionSpan`] box, which goes wherever its function goes
//! and is on the thread's desk while the body runs. All others are reached through their contexts.

use opentelemetry::Context;
use opentelemetry::trace::{SpanId, TraceContextExt};

use crate::ambient::{self, Attached};
#[cfg(feature = "sdk")]
use crate::sdk::{FunctionSpan, at_desk};
use crate::site::CallSite;
use crate::span::in_context::{InContext, Ownership};
use crate::span::running::Running;
use crate::span::written::Written;

/// A started span.
pub struct Active(Span);

enum Span {
    /// The span of the function, from our own provider.
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

    /// Puts the span where its body finds it, and returns the context to run in. This can happen
    /// several times.
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

    pub(super) fn site(&self) -> &'static CallSite {
        match &self.0 {
            #[cfg(feature = "sdk")]
            Span::Kept(kept) => kept.site,
            Span::InContext(span) => span.site,
        }
    }

    /// Returns the ids of the span and of the one above it.
    pub(super) fn ids(&self) -> (SpanId, SpanId) {
        match &self.0 {
            #[cfg(feature = "sdk")]
            Span::Kept(kept) => kept.ids(),
            Span::InContext(span) => {
                let own = span.context.span().span_context().span_id();
                (own, span.parent)
            }
        }
    }

    /// Returns `false` for the span that was current when the function was called.
    pub(super) fn is_own(&self) -> bool {
        match &self.0 {
            #[cfg(feature = "sdk")]
            Span::Kept(_) => true,
            Span::InContext(span) => span.ownership != Ownership::Current,
        }
    }

    /// Ends the span without an outcome.
    #[inline(never)]
    pub(crate) fn end(self) {
        match self.0 {
            #[cfg(feature = "sdk")]
            Span::Kept(mut kept) => {
                kept.forget_context();
                // Without a desk, the box is dropped, which ends the span.
                at_desk(move |desk| {
                    kept.end(desk);
                    Some(())
                });
            }
            Span::InContext(span) => span.end(),
        }
    }
    /// Writes to the span if it is recorded.
    #[inline]
    pub(super) fn write<R>(&mut self, write: impl FnOnce(&mut Written<'_>) -> R) -> Option<R> {
        let mut in_context;
        // `write` is called once, so that it is inlined.
        Some(write(&mut match &mut self.0 {
            #[cfg(feature = "sdk")]
            Span::Kept(kept) => {
                kept.settle();
                if !kept.is_open() {
                    return None;
                }
                let site = kept.site;
                Written {
                    sink: &mut **kept,
                    site,
                    parent: None,
                }
            }
            Span::InContext(span) => {
                in_context = span.recording()?;
                Written {
                    sink: &mut in_context,
                    site: span.site,
                    parent: Some(span.parent),
                }
            }
        }))
    }
}
