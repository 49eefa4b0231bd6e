//! A request and its response as a span, by the semantic conventions for
//! [HTTP](https://opentelemetry.io/docs/specs/semconv/http/http-spans/) and
//! [gRPC](https://opentelemetry.io/docs/specs/semconv/rpc/grpc/).

mod body;
mod exchange;
mod forwarded;
mod grpc;
mod protocol;
mod request;
mod secrets;
mod side;

pub use body::Body;
pub(crate) use exchange::Exchange;
pub(crate) use forwarded::Forwarded;
pub(crate) use grpc::Methods;
pub(crate) use request::Request;
#[cfg(feature = "reqwest")]
pub(crate) use secrets::Secrets;
pub(crate) use side::Side;
