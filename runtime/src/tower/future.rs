//! The future of an answer.

use std::fmt::Display;
use std::future::Future;
use std::panic::{self, AssertUnwindSafe};
use std::pin::Pin;
use std::task::{self, Poll};

use http::Response;
use pin_project_lite::pin_project;

use crate::exchange::{Body, Exchange};
use crate::failure::Failure;

pin_project! {
    /// The future of an answer, with the span of its request.
    #[derive(Debug)]
    pub struct ResponseFuture<F> {
        #[pin]
        inner: F,
        exchange: Option<Exchange>,
    }
}

impl<F> ResponseFuture<F> {
    pub(super) fn new(inner: F, exchange: Exchange) -> ResponseFuture<F> {
        ResponseFuture {
            inner,
            exchange: Some(exchange),
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
        let guard = this.exchange.as_ref().map(Exchange::attach);
        let polled = panic::catch_unwind(AssertUnwindSafe(|| this.inner.poll(task)));
        drop(guard);
        match polled {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(answer)) => Poll::Ready(finish(this.exchange.take(), answer)),
            Err(panic) => {
                if let Some(exchange) = this.exchange.take() {
                    exchange.panicked(&*panic);
                }
                panic::resume_unwind(panic)
            }
        }
    }
}

fn finish<B: http_body::Body, E: Display>(
    exchange: Option<Exchange>,
    answer: Result<Response<B>, E>,
) -> Result<Response<Body<B>>, E> {
    match answer {
        Ok(answer) => {
            let (head, body) = answer.into_parts();
            let rest =
                exchange.and_then(|exchange| exchange.answered(head.status, &head.headers, &body));
            Ok(Response::from_parts(head, Body::new(body, rest)))
        }
        Err(error) => {
            if let Some(exchange) = exchange {
                exchange.failed(&Failure::of::<E>().display(&error));
            }
            Err(error)
        }
    }
}
