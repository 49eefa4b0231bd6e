//! Logs: where they go, and the provider of the SDK that takes them there.

use std::time::Duration;

use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::SdkLoggerProvider;
#[cfg(feature = "otlp")]
use opentelemetry_sdk::logs::{BatchConfigBuilder, BatchLogProcessor};
use opentelemetry_stdout::LogExporter as Console;

use super::destination::Destination;
use super::error::InitError;
#[cfg(feature = "otlp")]
use super::otlp::{Batch, LogExporter, Otlp};
use super::signal::Signal;
use crate::logs;

/// The SDK makes room for the whole queue at once, so a queue without a bound would be more than there is.
#[cfg(feature = "otlp")]
const MAX_QUEUE: usize = 1_000_000;

/// Where log records go.
pub(super) enum Exporter {
    Console(Console),
    #[cfg(feature = "otlp")]
    Otlp(Box<Otlp<LogExporter>>, Batch),
}

impl Exporter {
    /// `None` if they go nowhere.
    pub(super) fn from_environment() -> Result<Option<Exporter>, InitError> {
        Ok(match Destination::of(Signal::Logs)? {
            #[cfg(feature = "otlp")]
            Destination::Otlp => {
                let batch = Batch::from_environment(Signal::Logs)?;
                Some(Exporter::Otlp(Box::new(Otlp::logs()?), batch))
            }
            Destination::Console => Some(Exporter::Console(Console::default())),
            Destination::Nowhere => None,
        })
    }
}

/// The provider, and what shuts it down.
#[derive(Debug)]
pub(super) struct Logs(SdkLoggerProvider);

impl Logs {
    /// Starts the provider, and lets log records go there.
    pub(super) fn start(exporter: Exporter, resource: Resource) -> Logs {
        let builder = SdkLoggerProvider::builder().with_resource(resource);
        let builder = match exporter {
            Exporter::Console(console) => builder.with_batch_exporter(console),
            #[cfg(feature = "otlp")]
            Exporter::Otlp(otlp, batch) => {
                let config = BatchConfigBuilder::default()
                    .with_max_queue_size(batch.queue.min(MAX_QUEUE))
                    .with_max_export_batch_size(batch.size)
                    .with_scheduled_delay(batch.delay)
                    .build();
                let processor = BatchLogProcessor::builder(*otlp).with_batch_config(config);
                builder.with_log_processor(processor.build())
            }
        };
        let provider = builder.build();
        Signal::Logs.outage().end();
        crate::set_logger_provider(&provider);
        Logs(provider)
    }

    /// Exports what was said; whether that was done in time.
    pub(super) fn flush(&self) -> bool {
        self.0.force_flush().is_ok()
    }

    /// Exports what was said, and ends; whether that was done within the limit.
    pub(super) fn shutdown(&self, limit: Duration) -> bool {
        logs::unset();
        self.0.shutdown_with_timeout(limit).is_ok()
    }
}
