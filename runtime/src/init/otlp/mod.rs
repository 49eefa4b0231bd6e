//! Sending spans and log records over OTLP, with HTTP or gRPC.

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

/// Names the sender, as the specification of OTLP exporters requires.
const USER_AGENT: &str = concat!(
    "OTel-OTLP-Exporter-Rust/",
    env!("CARGO_PKG_VERSION"),
    " (traced)"
);
