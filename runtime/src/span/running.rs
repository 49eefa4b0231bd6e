//! Knows where a span is while the body of its function runs.

use opentelemetry::Context;

use crate::ambient;
use crate::span::active::Active;
use crate::span::native::{Desk, Key, NativeSpan, at_desk};

/// The span of a function whose body is running.
///
/// Meanwhile, a span of our own provider is on the thread's desk, so that changes through the API
/// are written to it at once.
#[must_use]
pub(crate) enum Running {
    AtDesk(Key),
    Held(Option<Active>),
}

impl Active {
    /// Puts the span where its body finds it. This can happen several times. Returns the context to
    /// run in.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "its callers are apart themselves")]
    pub(crate) fn enter(self) -> (Context, Running) {
        let context = self.context().clone();
        (context, Running::put(self))
    }
}

impl Running {
    #[inline]
    fn put(active: Active) -> Running {
        match active.into_native() {
            Ok(span) => match span.put() {
                Ok(key) => Running::AtDesk(key),
                Err(span) => Running::Held(span.map(Active::native)),
            },
            Err(active) => {
                // Creates the sentinel, which sees when this thread is ending.
                ambient::is_alive();
                Running::Held(Some(active))
            }
        }
    }

    /// Enters a span of our own provider, for a body that runs once.
    #[inline]
    pub(super) fn once(desk: &Desk, span: NativeSpan) -> (Context, Running) {
        let (context, key) = span.put_for_once(desk);
        (context, Running::AtDesk(key))
    }

    /// Enters a span that is reached through its context, for a body that runs once.
    #[inline]
    pub(super) fn once_in_context(active: Active) -> (Context, Running) {
        (active.context().clone(), Running::Held(Some(active)))
    }

    /// Takes the span back, if it is still there.
    #[inline]
    pub(crate) fn leave(self) -> Option<Active> {
        match self {
            Running::AtDesk(key) => at_desk(|desk| NativeSpan::take(desk, key)).map(Active::native),
            Running::Held(active) => active,
        }
    }

    /// Ends the span of a function whose body ran once and returned without a failure.
    #[inline]
    pub(crate) fn succeeded(self) {
        self.succeed::<false>();
    }

    /// Ends the span of a function that returned without a failure, after it [ran](Active::enter)
    /// several times.
    #[inline]
    pub(crate) fn succeeded_at_last(self) {
        self.succeed::<true>();
    }

    // This is `leave` and `Active::succeeded` in a single visit to the desk, which saves 46
    // instructions. It is compiled once for each of its two callers, because a closure with several
    // callers would not be inlined.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is where a span ends")]
    fn succeed<const HAS_CONTEXT: bool>(self) {
        match self {
            Running::AtDesk(key) => {
                at_desk(|desk| {
                    let mut span = NativeSpan::take(desk, key)?;
                    if HAS_CONTEXT {
                        span.forget_context();
                    }
                    if span.site().success_is_ok() {
                        Active::native(span).succeeded_as_asked();
                    } else {
                        span.end(desk);
                    }
                    Some(())
                });
            }
            Running::Held(Some(active)) => active.succeeded(),
            Running::Held(None) => {}
        }
    }
}
