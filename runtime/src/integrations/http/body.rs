//! The body of a response. The span of the request ends with it.

use std::fmt::Display;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http_body::{Frame, SizeHint};
use pin_project_lite::pin_project;

use super::exchange::Exchange;
use crate::outcome::Failure;

pin_project! {
    /// The body of a response. The span of the request ends with it.
    ///
    /// The span is current while the body is produced, so everything that a streaming body does
    /// belongs to it.
    #[derive(Debug)]
    pub struct Body<B> {
        #[pin]
        inner: B,
        exchange: Option<Exchange>,
    }
}

impl<B> Body<B> {
    /// Wraps a body. `exchange` is `None` if the span has ended.
    pub(crate) fn new(inner: B, exchange: Option<Exchange>) -> Body<B> {
        Body { inner, exchange }
    }
}

impl<B: http_body::Body<Error: Display>> http_body::Body for Body<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        task: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let mut this = self.project();
        let (polled, is_over) = Exchange::watch(this.exchange, || {
            let polled = this.inner.as_mut().poll_frame(task);
            let is_over = polled.is_ready() && this.inner.is_end_stream();
            (polled, is_over)
        });
        let frame = ready!(polled);
        let Some(mut exchange) = this.exchange.take() else {
            return Poll::Ready(frame);
        };
        match &frame {
            None => exchange.end(),
            Some(Err(error)) => exchange.failed(Failure::of::<B::Error>().display(error)),
            Some(Ok(frame)) => {
                if let Some(trailers) = frame.trailers_ref() {
                    exchange.trailers(trailers);
                }
                // The reader need not poll again.
                if is_over {
                    exchange.end();
                } else {
                    *this.exchange = Some(exchange);
                }
            }
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
