//! Sending spans and log records over OTLP, by HTTP or gRPC.

mod answer;
mod batch;
mod collector;
mod connection;
mod failure;
mod grpc;
mod http;
#[cfg(feature = "logs")]
mod logs;
mod settings;
mod tls;

pub(super) use batch::Batch;
pub(super) use collector::Collector;
#[cfg(feature = "logs")]
pub(super) use logs::LogExporter;
pub(super) use settings::Given;
pub use settings::Protocol;

/// Says who sends, as the specification of the protocol's exporters asks.
const USER_AGENT: &str = concat!(
    "OTel-OTLP-Exporter-Rust/",
    env!("CARGO_PKG_VERSION"),
    " (traced)"
);
