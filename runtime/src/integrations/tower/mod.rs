//! Spans around HTTP and gRPC requests, as layers for [`tower`](https://docs.rs/tower), in servers
//! of axum, hyper and tonic, and in clients.
//!
//! [`server`] continues the trace of the caller, and [`client`] passes the current trace on. A
//! request with the content type `application/grpc` is gRPC; on a server, the response must have it
//! too.
//!
//! | | HTTP | gRPC |
//! |---|---|---|
//! | name | `GET /orders/{id}` with the feature `axum`, which knows the route; otherwise `GET` | `package.Service/Method` |
//! | attributes | `http.request.method`, `http.route`, `http.response.status_code`, `server.address`, `server.port`; server: `url.path`, `url.scheme`, `network.protocol.version`, `user_agent.original`; client: `url.full` | `rpc.system.name`, `rpc.method`, `rpc.response.status_code`, `server.address`, `server.port` |
//! | error | server: 5xx; client: 4xx too | server: what is its own fault; client: all but `OK` |
//!
//! Callers cannot choose the names of a server's spans. A gRPC method becomes the name of a span
//! only after the service has answered a call of it with anything but `UNIMPLEMENTED`. Until then,
//! and without a response, the span is named as for HTTP. The span of a method that does not exist
//! is named `grpc`, and has the attribute `rpc.method_original`. A response without `grpc-status`
//! gets the one that [gRPC's
//! mapping](https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md) assigns to
//! its HTTP status, or `UNKNOWN` if its body ends before the trailers.
//!
//! The query and the fragment of a URL, its user and its password are never recorded. They are also
//! removed from the messages of errors and panics, including those of traced functions around the
//! request that fail because of it. A secret shorter than four characters is removed only if it is
//! a whole word.
//!
//! An error that the inner service returns is recorded as in a traced function, and so is a panic.
//! The span lasts until the body of the response has been sent, or read. If the response is dropped
//! earlier, for example because the client went away, the span has `traced.cancelled = true`. If a
//! client does not read the rest of a response, the span simply ends.
//!
//! # Example
//!
//! ```
//! use tower_layer::Layer;
//!
//! # fn service() {}
//! // axum: Router::new().route(…).layer(traced::tower::server())
//! // tonic: Server::builder().layer(traced::tower::server()), and for a client:
//! let channel = traced::tower::client().layer(service());
//! # let _ = channel;
//! ```

mod future;
mod service;

pub use future::ResponseFuture;
pub use service::{ClientLayer, HttpService, ServerLayer, client, server};

pub use crate::integrations::http::Body;
