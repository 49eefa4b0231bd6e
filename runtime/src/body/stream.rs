//! The span of a stream.

use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use futures_core::Stream;
use pin_project_lite::pin_project;

use crate::body::polled::Span;
use crate::outcome::Detector;
use crate::span::Active;

pin_project! {
    /// A stream inside a span. The fields are dropped in this order: first the stream, then its
    /// span.
    #[must_use = "streams do nothing unless polled"]
    pub struct TracedStream<S, D> {
        #[pin]
        stream: S,
        span: StreamSpan,
        failed: bool,
        detector: D,
    }

    impl<S, D> PinnedDrop for TracedStream<S, D> {
        fn drop(this: Pin<&mut Self>) {
            this.project().span.0.enter_for_drop();
        }
    }
}

/// The span of a stream. Streams are often dropped before their end, so dropping one is not
/// recorded as a cancellation.
struct StreamSpan(Span);

impl Drop for StreamSpan {
    fn drop(&mut self) {
        if !self.0.is_none() {
            self.0.end_dropped(Active::end);
        }
    }
}

impl<S, D> TracedStream<S, D> {
    pub(crate) fn new(stream: S, active: Option<Active>, detector: D) -> TracedStream<S, D> {
        TracedStream {
            stream,
            span: StreamSpan(Span::new(active)),
            failed: false,
            detector,
        }
    }
}

impl<S, D> Stream for TracedStream<S, D>
where
    S: Stream,
    D: Detector<S::Item>,
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
                // The first error sets the status of the span. Later items are not looked at.
                *this.failed =
                    *this.failed || active.passed(&|span| this.detector.detect(item, span));
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
