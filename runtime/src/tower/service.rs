//! The layers and their services.

use std::fmt::Display;
use std::task::{self, Poll};

use http::uri::Authority;
use http::{Extensions, header};
use tower_layer::Layer;
use tower_service::Service;

use super::future::ResponseFuture;
use crate::carrier::Carrier;
use crate::exchange::{Body, Exchange, Request, Side};
use crate::{ambient, propagation};

/// A layer that opens a span of the kind `server` around each request, below that of the caller.
///
/// In axum it stands in `Router::layer`, where the route is known.
///
/// # Example
///
/// ```
/// use tower_layer::Layer;
///
/// # fn service() {}
/// let traced = traced::tower::server().layer(service());
/// # let _ = traced;
/// ```
#[must_use]
pub fn server() -> HttpLayer {
    HttpLayer(Side::Server)
}

/// A layer that opens a span of the kind `client` around each request, and writes it to the request's headers.
///
/// # Example
///
/// ```
/// use tower_layer::Layer;
///
/// # fn channel() {}
/// let traced = traced::tower::client().layer(channel());
/// # let _ = traced;
/// ```
#[must_use]
pub fn client() -> HttpLayer {
    HttpLayer(Side::Client)
}

/// See [`server`] and [`client`].
#[derive(Clone, Copy, Debug)]
pub struct HttpLayer(Side);

impl<S> Layer<S> for HttpLayer {
    type Service = HttpService<S>;

    fn layer(&self, inner: S) -> HttpService<S> {
        HttpService {
            inner,
            side: self.0,
        }
    }
}

/// A service with a span around each request.
#[derive(Clone, Copy, Debug)]
pub struct HttpService<S> {
    inner: S,
    side: Side,
}

impl<S, A, B> Service<http::Request<A>> for HttpService<S>
where
    S: Service<http::Request<A>, Response = http::Response<B>, Error: Display>,
    B: http_body::Body,
{
    type Response = http::Response<Body<B>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, task: &mut task::Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(task)
    }

    fn call(&mut self, mut request: http::Request<A>) -> Self::Future {
        let exchange = start(self.side, &request);
        let guard = exchange.attach();
        if self.side == Side::Client {
            propagation::inject(request.headers_mut());
        }
        let inner = self.inner.call(request);
        drop(guard);
        ResponseFuture::new(inner, exchange)
    }
}

fn start<A>(side: Side, request: &http::Request<A>) -> Exchange {
    let current = ambient::current();
    let parent = match side {
        Side::Server => request.headers().context(&current).unwrap_or(current),
        Side::Client => current,
    };
    let host = request.headers().get(header::HOST);
    let host = host.and_then(|host| Authority::try_from(host.as_bytes()).ok());
    let request = Request::new(
        (request.method(), request.version()),
        request.uri(),
        request.headers(),
        host.as_ref(),
        route(request.extensions()),
    );
    Exchange::start(side, &request, &parent)
}

#[cfg(feature = "axum")]
fn route(extensions: &Extensions) -> Option<&str> {
    let path = extensions.get::<axum::extract::MatchedPath>()?;
    Some(path.as_str())
}

#[cfg(not(feature = "axum"))]
fn route(_: &Extensions) -> Option<&str> {
    None
}
