//! Spans around HTTP and gRPC requests, as layers for [`tower`](https://docs.rs/tower): servers of axum, hyper and tonic, and clients.
//!
//! [`server`] takes up the caller's trace, [`client`] hands its own on. Requests whose content type is `application/grpc` are gRPC, on
//! a server if the service answers in kind.
//!
//! | | HTTP | gRPC |
//! |---|---|---|
//! | name | `GET /orders/{id}`: the route is known with the feature `axum`, else `GET` | `package.Service/Method` |
//! | attributes | `http.request.method`, `http.route`, `http.response.status_code`, `server.address`, `server.port`; server: `url.path`, `url.scheme`, `network.protocol.version`, `user_agent.original`; client: `url.full` | `rpc.system.name`, `rpc.method`, `rpc.response.status_code`, `server.address`, `server.port` |
//! | error | server: 5xx; client: 4xx too | server: what is its own fault; client: all but `OK` |
//!
//! A caller cannot choose a server's names: a gRPC method names a span once the service has answered for it with anything but
//! `UNIMPLEMENTED`. Until then, and without an answer, the span is named as for HTTP; a method that is not there is `grpc`, with
//! `rpc.method_original`. An answer without `grpc-status` has the one that
//! [gRPC's mapping](https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md) gives its HTTP status, and `UNKNOWN` if its body ends
//! before the trailers.
//!
//! The query and the fragment of a URL, its user and its password are never recorded, and are removed from the texts of errors and panics too;
//! where one is shorter than four characters, only as a word of its own. So they are from the errors with which traced functions around the
//! request end because of it.
//!
//! An error that the inner service returns is recorded as of a traced function, and so is a panic. The span lasts until the body of the
//! answer has been sent, or read. One that was given up before, by a client that went away for example, has `traced.cancelled = true`; an
//! answer whose rest a client leaves unread just ends.
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

pub use crate::exchange::Body;
