//! Spans around the requests of [`reqwest`](https://docs.rs/reqwest), as a middleware for
//! [`reqwest-middleware`](reqwest_middleware).
//!
//! ```
//! use reqwest_middleware::ClientBuilder;
//!
//! let client = ClientBuilder::new(reqwest::Client::new())
//!     .with(traced::reqwest::Middleware)
//!     .build();
//! # let _ = client;
//! ```

use std::future::poll_fn;

use ::reqwest::{Body, Request, Response, ResponseBuilderExt};
use async_trait::async_trait;
use http::Extensions;
use reqwest_middleware::{Next, Result};

use crate::integrations::http::{self as exchange, Exchange, Forwarded, Secrets, Side};
use crate::outcome::Failure;
use crate::{ambient, propagation};

/// A middleware that opens a span of kind `client` around each request, and writes the span's
/// context to the request's headers.
///
/// Names, attributes, errors and the end of a span are those of a client in
/// [`tower`](mod@crate::integrations::tower). Behind a middleware that retries, each attempt has
/// its own span.
#[derive(Clone, Copy, Debug, Default)]
pub struct Middleware;

#[async_trait]
impl reqwest_middleware::Middleware for Middleware {
    async fn handle(
        &self,
        mut request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        let mut exchange = Some(start(&request));
        Exchange::watch(&mut exchange, || {
            propagation::inject(request.headers_mut());
        });
        let mut answer = next.run(request, extensions);
        let answer =
            poll_fn(|task| Exchange::watch(&mut exchange, || answer.as_mut().poll(task))).await;
        match (answer, exchange) {
            (Ok(answer), Some(exchange)) => Ok(with_span(answer, exchange)),
            (Err(error), Some(exchange)) => {
                exchange.failed(Failure::error(&&error));
                Err(error)
            }
            (answer, None) => answer,
        }
    }
}

/// Returns the response with a body that ends the span.
fn with_span(answer: Response, exchange: Exchange) -> Response {
    // The conversion to a response of `http` loses only the URL.
    let url = http::Response::builder().url(answer.url().clone()).body(());
    let (mut head, body) = http::Response::<Body>::from(answer).into_parts();
    head.extensions.extend(
        url.map(|url| url.into_parts().0.extensions)
            .unwrap_or_default(),
    );
    let has_body = !http_body::Body::is_end_stream(&body);
    let rest = exchange.answered(head.status, &head.headers, has_body);
    let body = Body::wrap(exchange::Body::new(body, rest));
    http::Response::from_parts(head, body).into()
}

fn start(request: &Request) -> Exchange {
    let url = request.url();
    let user = Some(url.username());
    let request = exchange::Request {
        method: request.method(),
        version: request.version(),
        headers: request.headers(),
        scheme: Some(url.scheme()),
        host: url.host_str(),
        port: url.port(),
        path: url.path(),
        route: None,
        forwarded: Forwarded::default(),
        secrets: Secrets::new([url.query(), url.fragment(), url.password().or(user)]),
    };
    Exchange::start(Side::Client, request, None, &ambient::current())
}
