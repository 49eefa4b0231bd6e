//! The span of a stream.

use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use futures_core::Stream;
use pin_project_lite::pin_project;

use crate::body::polled::Span;
use crate::outcome::Look;
use crate::span::Active;

pin_project! {
    /// A stream inside a span. The fields are dropped in this order: first the stream, then its
    /// span.
    #[must_use = "streams do nothing unless polled"]
    pub struct TracedStream<S, L> {
        #[pin]
        stream: S,
        span: StreamSpan,
        failed: bool,
        look: L,
    }

    impl<S, L> PinnedDrop for TracedStream<S, L> {
        fn drop(this: Pin<&mut Self>) {
            this.project().span.0.enter_for_drop();
        }
    }
}

/// The span of a stream. Streams are often dropped before their end, so that is not recorded as a
/// cancellation.
struct StreamSpan(Span);

impl Drop for StreamSpan {
    fn drop(&mut self) {
        if !self.0.is_none() {
            self.0.end_dropped(Active::end);
        }
    }
}

impl<S, L> TracedStream<S, L> {
    pub(crate) fn new(stream: S, active: Option<Active>, look: L) -> TracedStream<S, L> {
        TracedStream {
            stream,
            span: StreamSpan(Span::new(active)),
            failed: false,
            look,
        }
    }
}

impl<S, L> Stream for TracedStream<S, L>
where
    S: Stream,
    L: Look<S::Item>,
{
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Option<S::Item>> {
        let this = self.project();
        let span = &mut this.span.0;
        if span.is_none() {
            return this.stream.poll_next(task);
        }
        let mut polled = Poll::Pending;
        let mut stream = this.stream;
        span.run_once(&mut || {
            polled = stream.as_mut().poll_next(task);
            matches!(polled, Poll::Ready(None))
        });
        match (&polled, span.active()) {
            (Poll::Ready(Some(item)), Some(active)) => {
                // The first error sets the status of the span. Later ones add nothing.
                *this.failed = *this.failed || active.passed(&|span| this.look.look(item, span));
            }
            (Poll::Ready(None), Some(_)) if *this.failed => span.end(),
            (Poll::Ready(None), Some(_)) => span.returned(&|_| None),
            _ => {}
        }
        polled
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.stream.size_hint()
    }
}
