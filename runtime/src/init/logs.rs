//! The exporters that log records can go to, and the SDK's provider that sends them there.

use std::time::Duration;

use opentelemetry_sdk::Resource;
#[cfg(feature = "otlp")]
use opentelemetry_sdk::logs::{BatchConfigBuilder, BatchLogProcessor};
use opentelemetry_sdk::logs::{LoggerProviderBuilder, SdkLoggerProvider};
use opentelemetry_stdout::LogExporter as Console;

use super::destination::Destination;
use super::error::InitError;
#[cfg(feature = "otlp")]
use super::otlp::{Batch, Given, LogExporter};
use super::signal::Signal;
use crate::integrations::logs;

/// The maximum length of the queue, in log records. The SDK allocates the whole queue at once, so a
/// huge one would exhaust the memory.
#[cfg(feature = "otlp")]
const MAX_QUEUE: usize = 1_000_000;

/// The exporters that log records can go to.
pub(super) enum Exporter {
    Console(Console),
    #[cfg(feature = "otlp")]
    Otlp(Box<LogExporter>, Batch),
}

impl Exporter {
    /// Returns the exporters that the environment chooses, or an empty list if log records go
    /// nowhere.
    pub(super) fn from_environment(
        #[cfg(feature = "otlp")] given: &Given,
    ) -> Result<Vec<Exporter>, InitError> {
        #[cfg(feature = "otlp")]
        let has_endpoint = given.endpoint.is_some();
        #[cfg(not(feature = "otlp"))]
        let has_endpoint = false;
        let places = Destination::of(Signal::Logs, has_endpoint)?;
        let exporters = places.into_iter().map(|place| {
            Ok(match place {
                #[cfg(feature = "otlp")]
                Destination::Otlp => {
                    let batch = Batch::from_environment(Signal::Logs)?;
                    Exporter::Otlp(Box::new(LogExporter::new(given)?), batch)
                }
                Destination::Console => Exporter::Console(Console::default()),
            })
        });
        exporters.collect()
    }

    fn join(self, builder: LoggerProviderBuilder) -> LoggerProviderBuilder {
        match self {
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
        }
    }
}

/// The running provider of logs.
#[derive(Debug)]
pub(super) struct Logs(SdkLoggerProvider);

impl Logs {
    /// Starts the provider, and makes it the one that log records go to.
    pub(super) fn start(exporters: Vec<Exporter>, resource: Resource) -> Logs {
        let builder = SdkLoggerProvider::builder().with_resource(resource);
        let exporters = exporters.into_iter();
        let provider = exporters
            .fold(builder, |builder, exporter| exporter.join(builder))
            .build();
        Signal::Logs.outage().end();
        crate::integrations::logs::set_logger_provider(&provider);
        Logs(provider)
    }

    /// Exports all log records. Returns `true` if that succeeded in time.
    pub(super) fn flush(&self) -> bool {
        self.0.force_flush().is_ok()
    }

    /// Exports all log records, and shuts the provider down. Returns `true` if that succeeded
    /// within the limit.
    pub(super) fn shutdown(&self, limit: Duration) -> bool {
        logs::unset();
        self.0.shutdown_with_timeout(limit).is_ok()
    }
}
