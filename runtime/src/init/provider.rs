//! Which tracer provider `init` sets up: the one place that knows.

use std::time::Duration;

use opentelemetry_sdk::Resource;

use super::console::Console;
use super::destination::Destination;
use super::error::InitError;
use super::limits::Limits;
#[cfg(feature = "otlp")]
use super::otlp::{Batch, Otlp, SpanExporter};
use super::sampler::Sampling;
use super::signal::Signal;
use crate::sdk::{self, TracerProvider};

/// How long the console waits, so that a trace is printed when the work is done, and whole.
const CONSOLE_DELAY: Duration = Duration::from_millis(100);
/// What an exporter that ends its exports itself is given: it is to be the first.
#[cfg(feature = "otlp")]
const BEYOND_THE_EXPORTERS_OWN: Duration = Duration::from_secs(600);

/// Where spans go.
pub(super) enum Exporter {
    Console(Console),
    #[cfg(feature = "otlp")]
    Otlp(Box<Otlp<SpanExporter>>, Batch),
}

impl Exporter {
    /// `None` if they go nowhere.
    pub(super) fn from_environment() -> Result<Option<Exporter>, InitError> {
        Ok(match Destination::of(Signal::Traces)? {
            #[cfg(feature = "otlp")]
            Destination::Otlp => {
                let batch = Batch::from_environment(Signal::Traces)?;
                Some(Exporter::Otlp(Box::new(Otlp::traces()?), batch))
            }
            Destination::Console => Some(Exporter::Console(Console::new())),
            Destination::Nowhere => None,
        })
    }
}

/// How spans are made and exported.
pub(super) struct Settings {
    pub(super) resource: Resource,
    pub(super) sampling: Option<Sampling>,
    pub(super) limits: Limits,
}

/// The provider, and what shuts it down.
#[derive(Debug)]
pub(super) struct Provider(TracerProvider);

impl Provider {
    pub(super) fn start(exporter: Exporter, settings: Settings) -> Provider {
        let builder = TracerProvider::builder();
        Provider(match exporter {
            Exporter::Console(console) => settings
                .applied(builder.with_exporter(console))
                .with_scheduled_delay(CONSOLE_DELAY)
                .build(),
            #[cfg(feature = "otlp")]
            Exporter::Otlp(otlp, batch) => settings
                .applied(builder.with_exporter(*otlp))
                .with_max_queue_size(batch.queue)
                .with_max_export_batch_size(batch.size)
                .with_scheduled_delay(batch.delay)
                .with_max_export_timeout(BEYOND_THE_EXPORTERS_OWN)
                .build(),
        })
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

impl Settings {
    fn applied<E>(self, builder: sdk::Builder<E>) -> sdk::Builder<E> {
        let builder = builder
            .with_resource(self.resource)
            .with_span_limits(self.limits.counts);
        let builder = match self.limits.value_length {
            Some(length) => builder.with_max_value_length(length),
            None => builder,
        };
        match self.sampling {
            None => builder,
            Some(Sampling::Head(sampler)) => builder.with_sampler(sampler),
            Some(Sampling::Adaptive(sampling)) => builder.with_adaptive_sampling(sampling),
        }
    }
}
