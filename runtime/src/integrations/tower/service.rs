//! The layers and their services.

use std::fmt::Display;
use std::sync::Arc;
use std::task::{self, Poll};

use http::uri::Authority;
use http::{Extensions, HeaderName, HeaderValue, header};
use tower_layer::Layer;
use tower_service::Service;

use super::future::ResponseFuture;
use crate::carrier::Carrier;
use crate::integrations::http::{Body, Exchange, Forwarded, Methods, Request, Side};
use crate::{ambient, propagation};

/// Returns a layer that opens a span of kind `server` around each request, below the caller's span.
///
/// In axum, pass it to `Router::layer`, where the route is known.
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
pub fn server() -> ServerLayer {
    ServerLayer {
        methods: Arc::default(),
        trusts_proxies: false,
        trace_id_header: None,
    }
}

/// Returns a layer that opens a span of kind `client` around each request, and writes the span's
/// context to the request's headers.
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
pub fn client() -> ClientLayer {
    ClientLayer(())
}

/// The layer that [`server`] returns.
#[derive(Clone, Debug)]
pub struct ServerLayer {
    methods: Arc<Methods>,
    trusts_proxies: bool,
    trace_id_header: Option<HeaderName>,
}

impl ServerLayer {
    /// Takes `url.scheme` and `client.address` from `Forwarded` ([RFC
    /// 7239](https://www.rfc-editor.org/rfc/rfc7239)), or from `X-Forwarded-Proto` and
    /// `X-Forwarded-For`.
    ///
    /// This is for a service behind proxies, which does not see the client itself. Without it, each
    /// request behind a proxy that terminates TLS would have the scheme `http`. A client can put
    /// anything into these headers, and the first value is recorded, so the outermost proxy must
    /// replace whatever the client sent. Only `http`, `https` and IP addresses are recorded.
    ///
    /// # Example
    ///
    /// ```
    /// use tower_layer::Layer;
    ///
    /// # fn service() {}
    /// let traced = traced::tower::server().with_forwarded_headers().layer(service());
    /// # let _ = traced;
    /// ```
    #[must_use]
    pub fn with_forwarded_headers(self) -> ServerLayer {
        ServerLayer {
            trusts_proxies: true,
            ..self
        }
    }

    /// Adds a header with the trace id, 32 hexadecimal digits, to each response.
    ///
    /// A user who reports a problem can then name its trace. The header is present even if the
    /// trace is not sampled. It is missing if the request belongs to no trace, because no tracer
    /// provider is set and the caller sent no trace either. Scripts from other origins see it only
    /// if `access-control-expose-headers` names it.
    ///
    /// # Panics
    ///
    /// Panics if `name` is not a valid header name.
    ///
    /// # Example
    ///
    /// ```
    /// use tower_layer::Layer;
    ///
    /// # fn service() {}
    /// let traced = traced::tower::server().with_trace_id_header("x-trace-id").layer(service());
    /// # let _ = traced;
    /// ```
    #[must_use]
    #[track_caller]
    pub fn with_trace_id_header(self, name: &str) -> ServerLayer {
        let Ok(name) = HeaderName::from_bytes(name.as_bytes()) else {
            panic!("{name:?} cannot be the name of a header");
        };
        ServerLayer {
            trace_id_header: Some(name),
            ..self
        }
    }
}

/// The layer that [`client`] returns.
#[derive(Clone, Copy, Debug)]
pub struct ClientLayer(());

impl<S> Layer<S> for ServerLayer {
    type Service = HttpService<S, ServerLayer>;

    fn layer(&self, inner: S) -> Self::Service {
        let layer = self.clone();
        HttpService { inner, layer }
    }
}

impl<S> Layer<S> for ClientLayer {
    type Service = HttpService<S, ClientLayer>;

    fn layer(&self, inner: S) -> Self::Service {
        let layer = *self;
        HttpService { inner, layer }
    }
}

/// A service with a span around each request, created by its layer.
#[derive(Clone, Copy, Debug)]
pub struct HttpService<S, L> {
    inner: S,
    layer: L,
}

impl<S, A, B> Service<http::Request<A>> for HttpService<S, ServerLayer>
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

    fn call(&mut self, request: http::Request<A>) -> Self::Future {
        let exchange = self.layer.start(&request);
        let header = self.layer.trace_id_header(&exchange);
        let mut exchange = Some(exchange);
        let inner = Exchange::watch(&mut exchange, || self.inner.call(request));
        ResponseFuture::new(inner, exchange, header)
    }
}

impl<S, A, B> Service<http::Request<A>> for HttpService<S, ClientLayer>
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
        let mut exchange = Some(asked(&request, |request| {
            Exchange::start(Side::Client, request, None, &ambient::current())
        }));
        let inner = Exchange::watch(&mut exchange, || {
            propagation::inject(request.headers_mut());
            self.inner.call(request)
        });
        ResponseFuture::new(inner, exchange, None)
    }
}

impl ServerLayer {
    fn start<A>(&self, request: &http::Request<A>) -> Exchange {
        let current = ambient::current();
        let headers = request.headers();
        let parent = headers.context(&current).unwrap_or(current);
        asked(request, |mut request| {
            if self.trusts_proxies {
                request.forwarded = Forwarded::read(headers);
            }
            Exchange::start(Side::Server, request, Some(&self.methods), &parent)
        })
    }

    fn trace_id_header(&self, exchange: &Exchange) -> Option<(HeaderName, HeaderValue)> {
        let name = self.trace_id_header.clone()?;
        let value = HeaderValue::try_from(exchange.trace_id()?.to_string());
        Some((name, value.ok()?))
    }
}

/// Calls `start` with a request as it is sent over the connection, and returns the result.
fn asked<A>(request: &http::Request<A>, start: impl FnOnce(Request<'_>) -> Exchange) -> Exchange {
    let host = request.headers().get(header::HOST);
    let host = host.and_then(|host| Authority::try_from(host.as_bytes()).ok());
    start(Request::new(
        (request.method(), request.version()),
        request.uri(),
        request.headers(),
        host.as_ref(),
        route(request.extensions()),
    ))
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
