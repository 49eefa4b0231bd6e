//! The future of a response.

use std::fmt::Display;
use std::future::Future;
use std::pin::Pin;
use std::task::{self, Poll, ready};

use http::{HeaderName, HeaderValue, Response};
use pin_project_lite::pin_project;

use crate::integrations::http::{Body, Exchange};
use crate::outcome::Failure;

pin_project! {
    /// The future of a response, with the span of its request.
    #[derive(Debug)]
    pub struct ResponseFuture<F> {
        #[pin]
        inner: F,
        exchange: Option<Exchange>,
        // The header that is added to the response.
        header: Option<(HeaderName, HeaderValue)>,
    }
}

impl<F> ResponseFuture<F> {
    pub(super) fn new(
        inner: F,
        exchange: Option<Exchange>,
        header: Option<(HeaderName, HeaderValue)>,
    ) -> ResponseFuture<F> {
        ResponseFuture {
            inner,
            exchange,
            header,
        }
    }
}

impl<F, B, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: http_body::Body,
    E: Display,
{
    type Output = Result<Response<Body<B>>, E>;

    fn poll(self: Pin<&mut Self>, task: &mut task::Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let polled = Exchange::watch(this.exchange, || {
            let answer = ready!(this.inner.poll(task));
            let has_body = answer
                .as_ref()
                .is_ok_and(|answer| !answer.body().is_end_stream());
            Poll::Ready((answer, has_body))
        });
        let (answer, has_body) = ready!(polled);
        Poll::Ready(match (answer, this.exchange.take()) {
            (Ok(answer), exchange) => Ok(finish(answer, has_body, exchange, this.header.take())),
            (Err(error), Some(exchange)) => {
                exchange.failed(Failure::of::<E>().display(&error));
                Err(error)
            }
            (Err(error), None) => Err(error),
        })
    }
}

fn finish<B>(
    answer: Response<B>,
    has_body: bool,
    exchange: Option<Exchange>,
    header: Option<(HeaderName, HeaderValue)>,
) -> Response<Body<B>> {
    let (mut head, body) = answer.into_parts();
    let rest =
        exchange.and_then(|exchange| exchange.answered(head.status, &head.headers, has_body));
    if let Some((name, value)) = header {
        // Nothing is added to a full map, which has 24,576 headers.
        let _ = head.headers.try_insert(name, value);
    }
    Response::from_parts(head, Body::new(body, rest))
}
