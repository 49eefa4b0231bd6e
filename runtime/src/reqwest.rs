//! Spans around the requests of [`reqwest`](https://docs.rs/reqwest), as a middleware of [`reqwest-middleware`](reqwest_middleware).
//!
//! ```
//! use reqwest_middleware::ClientBuilder;
//!
//! let client = ClientBuilder::new(reqwest::Client::new())
//!     .with(traced::reqwest::Client)
//!     .build();
//! # let _ = client;
//! ```

use ::reqwest::{Body, Request, Response, ResponseBuilderExt};
use async_trait::async_trait;
use http::Extensions;
use reqwest_middleware::{Middleware, Next, Result};

use crate::exchange::{self, Exchange, Side};
use crate::failure::Failure;
use crate::{ambient, context, propagation};

/// The middleware: a span of the kind `client` around each request, which hands it on in the request's headers.
///
/// Names, attributes, errors and the end of a span are as in [`tower`](mod@crate::tower). Behind a middleware that tries again, each try has
/// a span of its own.
#[derive(Clone, Copy, Debug, Default)]
pub struct Client;

#[async_trait]
impl Middleware for Client {
    async fn handle(
        &self,
        mut request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        let exchange = start(&request);
        let guard = exchange.attach();
        propagation::inject(request.headers_mut());
        drop(guard);
        let answer = next.run(request, extensions);
        match context::in_context(answer, exchange.context()).await {
            Ok(answer) => Ok(with_span(answer, exchange)),
            Err(error) => {
                exchange.failed(&Failure::error(&&error));
                Err(error)
            }
        }
    }
}

/// The answer, whose body ends the span.
fn with_span(answer: Response, exchange: Exchange) -> Response {
    // The URL is the one thing that is lost on the way.
    let url = http::Response::builder().url(answer.url().clone()).body(());
    let (mut head, body) = http::Response::<Body>::from(answer).into_parts();
    head.extensions.extend(
        url.map(|url| url.into_parts().0.extensions)
            .unwrap_or_default(),
    );
    let rest = exchange.answered(head.status, &head.headers, &body);
    let body = Body::wrap(exchange::Body::new(body, rest));
    http::Response::from_parts(head, body).into()
}

fn start(request: &Request) -> Exchange {
    let url = request.url();
    let request = exchange::Request {
        method: request.method(),
        version: request.version(),
        headers: request.headers(),
        scheme: Some(url.scheme()),
        host: url.host_str(),
        port: url.port(),
        path: url.path(),
        route: None,
    };
    Exchange::start(Side::Client, &request, &ambient::current())
}
