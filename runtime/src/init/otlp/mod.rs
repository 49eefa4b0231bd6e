//! Sends spans and log records over OTLP, with HTTP or gRPC.

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
mod user_agent;

pub(super) use batch::Batch;
pub(super) use collector::Collector;
#[cfg(feature = "logs")]
pub(super) use logs::LogExporter;
pub(super) use settings::Given;
pub use settings::Protocol;
