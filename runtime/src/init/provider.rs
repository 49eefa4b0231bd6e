//! Which tracer provider `init` sets up: the one place that knows.

use std::time::Duration;

use opentelemetry_sdk::Resource;
#[cfg(feature = "otlp")]
use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor};
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};

use super::console::Console;
use super::lengths::Cut;
use super::limits::Limits;
#[cfg(feature = "otlp")]
use super::otlp::{Batch, Otlp};

/// Where spans go.
pub(super) enum Exporter {
    Console(Console),
    #[cfg(feature = "otlp")]
    Otlp(Box<Otlp>, Batch),
}

/// How spans are made and exported.
pub(super) struct Settings {
    pub(super) resource: Resource,
    pub(super) sampler: Sampler,
    pub(super) limits: Limits,
}

/// The provider, and what shuts it down.
#[derive(Debug)]
pub(super) struct Provider(SdkTracerProvider);

impl Provider {
    pub(super) fn start(exporter: Exporter, settings: Settings) -> Provider {
        let Settings {
            resource,
            sampler,
            limits,
        } = settings;
        let builder = SdkTracerProvider::builder()
            .with_resource(resource)
            .with_sampler(sampler)
            .with_span_limits(limits.counts);
        let length = limits.value_length;
        let builder = match exporter {
            Exporter::Console(console) => builder.with_span_processor(Cut::new(console, length)),
            #[cfg(feature = "otlp")]
            Exporter::Otlp(otlp, batch) => {
                builder.with_span_processor(Cut::new(batched(*otlp, &batch), length))
            }
        };
        Provider(builder.build())
    }

    pub(super) fn install(&self) {
        crate::set_tracer_provider(self.0.clone());
    }

    /// Exports what has ended; whether that was done in time.
    pub(super) fn flush(&self) -> bool {
        self.0.force_flush().is_ok()
    }

    /// Exports what has ended, and ends; whether that was done within the limit.
    pub(super) fn shutdown(&self, limit: Duration) -> bool {
        self.0.shutdown_with_timeout(limit).is_ok()
    }
}

#[cfg(feature = "otlp")]
fn batched(otlp: Otlp, batch: &Batch) -> BatchSpanProcessor {
    let config = BatchConfigBuilder::default()
        .with_max_queue_size(batch.queue)
        .with_max_export_batch_size(batch.size)
        .with_scheduled_delay(batch.delay);
    BatchSpanProcessor::builder(otlp)
        .with_batch_config(config.build())
        .build()
}
