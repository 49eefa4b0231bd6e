//! A started span, which is made current and then ended.
//!
//! A recorded span of our own provider moves with its function, and is on the thread's desk while
//! the body runs. All other spans are reached through their contexts.

use opentelemetry::Context;
use opentelemetry::trace::{SpanId, TraceContextExt};

use crate::ambient::{self, Attached};
use crate::site::CallSite;
use crate::span::in_context::{InContext, Ownership};
use crate::span::native::{NativeSpan, at_desk};
use crate::span::written::Written;

/// A span that has started, and has not ended.
pub struct Active(Span);

enum Span {
    Native(NativeSpan),
    InContext(Box<InContext>),
}

impl Active {
    #[inline]
    pub(super) fn native(span: NativeSpan) -> Active {
        Active(Span::Native(span))
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

    /// Returns the span if it is a recorded one of our own provider, or `self` as an error.
    #[inline]
    pub(super) fn into_native(self) -> Result<NativeSpan, Active> {
        match self.0 {
            Span::Native(span) => Ok(span),
            Span::InContext(_) => Err(self),
        }
    }

    pub(super) fn context(&self) -> &Context {
        match &self.0 {
            Span::Native(span) => span.context(),
            Span::InContext(span) => &span.context,
        }
    }

    /// Changes what the span's context holds besides the span, if the span is recorded.
    #[cfg(feature = "root")]
    pub(crate) fn replace_context(&mut self, replace: impl FnOnce(Context) -> Context) {
        let context = match &mut self.0 {
            Span::Native(span) => span.context_mut(),
            Span::InContext(span) if span.ownership == Ownership::Unrecorded => return,
            Span::InContext(span) => &mut span.context,
        };
        *context = replace(std::mem::take(context));
    }

    /// Makes the span current until the guard is dropped.
    pub(crate) fn attach(&self) -> Attached {
        ambient::attach(self.context())
    }

    pub(super) fn site(&self) -> &'static CallSite {
        match &self.0 {
            Span::Native(span) => span.site(),
            Span::InContext(span) => span.site,
        }
    }

    /// Returns the ids of the span and of the one above it.
    pub(super) fn ids(&self) -> (SpanId, SpanId) {
        match &self.0 {
            Span::Native(span) => span.ids(),
            Span::InContext(span) => {
                let own = span.context.span().span_context().span_id();
                (own, span.parent)
            }
        }
    }

    /// Returns `false` for the span that was current when the function was called.
    pub(super) fn is_own(&self) -> bool {
        match &self.0 {
            Span::Native(_) => true,
            Span::InContext(span) => span.ownership != Ownership::Current,
        }
    }

    /// Ends the span without an outcome, if it is the function's own.
    #[inline(never)]
    pub(crate) fn end(self) {
        match self.0 {
            Span::Native(mut span) => {
                span.forget_context();
                // Without a desk, the box is dropped, which ends the span.
                at_desk(move |desk| {
                    span.end(desk);
                    Some(())
                });
            }
            Span::InContext(span) => span.end(),
        }
    }
    /// Writes to the span, or returns `None` if it is not recorded.
    #[inline]
    pub(super) fn write<R>(&mut self, write: impl FnOnce(&mut Written<'_>) -> R) -> Option<R> {
        let mut in_context;
        // `write` is called in only one place, so that it is inlined.
        Some(write(&mut match &mut self.0 {
            Span::Native(span) => {
                let site = span.site();
                Written {
                    sink: span.open()?,
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
