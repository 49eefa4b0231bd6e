//! Knows where a span is while the body of its function runs.

#[cfg(feature = "sdk")]
use crate::sdk::{Key, at_desk};
use crate::span::active::Active;

/// The span of a function whose body is running.
///
/// Meanwhile, a span of our own provider is on the thread's desk, so that changes through the API
/// are written to it at once.
#[must_use]
pub(crate) enum Running {
    #[cfg(feature = "sdk")]
    AtDesk(Key),
    Held(Option<Active>),
}

impl Running {
    /// Takes the span back.
    #[inline]
    pub(crate) fn leave(self) -> Option<Active> {
        match self {
            #[cfg(feature = "sdk")]
            Running::AtDesk(key) => at_desk(|desk| desk.take(key)).map(Active::kept),
            Running::Held(active) => active,
        }
    }

    /// Ends the span of a function that returned without a failure. Its body ran once.
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

    // This is compiled once for each of its two callers, because a closure with several callers
    // would not be inlined.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is where a span ends")]
    fn succeed<const HAS_CONTEXT: bool>(self) {
        match self {
            #[cfg(feature = "sdk")]
            Running::AtDesk(key) => {
                at_desk(|desk| {
                    let mut kept = desk.take(key)?;
                    if HAS_CONTEXT {
                        kept.forget_context();
                    }
                    if kept.site.success_is_ok() {
                        Active::kept(kept).succeeded_as_asked();
                    } else {
                        kept.end(desk);
                    }
                    Some(())
                });
            }
            Running::Held(Some(active)) => active.succeeded(),
            Running::Held(None) => {}
        }
    }
}
