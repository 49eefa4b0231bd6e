//! The tracer provider that `init` sets up. No other file uses it, except `exit`.
//!
//! The provider does not warn about failed exports, and its time limit is never reached. An OTLP
//! exporter and one that the program adds have their own time limits, and warn themselves, since
//! they know the reason. They warn through [`Signal::outage`]: `say` after a failure, and `end`
//! after a success.

use std::time::Duration;

use opentelemetry_sdk::Resource;

use super::console::Console;
use super::destination::Destination;
use super::error::InitError;
use super::exit;
#[cfg(feature = "otlp")]
use super::otlp::{Batch, Collector, Given};
use super::sampler::Sampling;
use super::signal::Signal;
#[cfg(feature = "otlp")]
use crate::sdk::otlp::Otlp;
use crate::sdk::{self, Limits, NoExporter, Spans, Stats, TracerProvider, Writer};

/// The time that the console waits for more spans. Traces should be printed soon, but whole.
const CONSOLE_DELAY: Duration = Duration::from_millis(100);
/// The provider's time limit for an export. It does not apply to OTLP, which has its own limit, and
/// is longer than that of an exporter that the program adds.
const BEYOND_THE_EXPORTERS_OWN: Duration = Duration::from_secs(600);

/// The exporters that spans can go to.
pub(super) enum Exporter {
    Console(Console),
    #[cfg(feature = "otlp")]
    Otlp(Box<Collector>, Batch),
    /// An exporter that the program adds.
    Own(Box<dyn Writer>),
}

impl Exporter {
    /// Returns the exporters that the environment chooses, or an empty list if spans go nowhere.
    pub(super) fn from_environment(
        #[cfg(feature = "otlp")] given: &Given,
    ) -> Result<Vec<Exporter>, InitError> {
        #[cfg(feature = "otlp")]
        let has_endpoint = given.endpoint.is_some();
        #[cfg(not(feature = "otlp"))]
        let has_endpoint = false;
        let places = Destination::of(Signal::Traces, has_endpoint)?;
        let exporters = places.into_iter().map(|place| {
            Ok(match place {
                #[cfg(feature = "otlp")]
                Destination::Otlp => {
                    let batch = Batch::from_environment(Signal::Traces)?;
                    let collector = Collector::new(Signal::Traces, given)?;
                    Exporter::Otlp(Box::new(collector), batch)
                }
                Destination::Console => Exporter::Console(Console::new()),
            })
        });
        exporters.collect()
    }

    /// Configures the provider for this exporter, and returns the writer that the spans go to.
    fn join(
        self,
        builder: sdk::TracerProviderBuilder<NoExporter>,
    ) -> (sdk::TracerProviderBuilder<NoExporter>, Box<dyn Writer>) {
        match self {
            Exporter::Console(console) => {
                let builder = builder.with_scheduled_delay(CONSOLE_DELAY);
                (builder, Box::new(Spans::new(console)))
            }
            #[cfg(feature = "otlp")]
            Exporter::Otlp(collector, batch) => {
                let builder = builder
                    .with_max_queue_size(batch.queue)
                    .with_max_export_batch_size(batch.size)
                    .with_scheduled_delay(batch.delay);
                (builder, Box::new(Otlp::new(*collector)))
            }
            Exporter::Own(own) => (builder, own),
        }
    }
}

/// The settings of a provider that do not depend on the exporter.
pub(super) struct Settings {
    pub(super) resource: Resource,
    pub(super) sampling: Option<Sampling>,
    pub(super) limits: Limits,
}

/// The running provider.
#[derive(Debug)]
pub(super) struct Provider(TracerProvider);

impl Provider {
    pub(super) fn start(mut exporters: Vec<Exporter>, settings: Settings) -> Provider {
        // The console comes first, so that it does not wait for a collector.
        exporters.sort_by_key(|exporter| !matches!(exporter, Exporter::Console(_)));
        let mut builder = TracerProvider::builder();
        let mut writers = Vec::new();
        for exporter in exporters {
            let (joined, writer) = exporter.join(builder);
            builder = joined;
            writers.push(writer);
        }
        let builder = builder
            .of_init()
            .with_max_export_timeout(BEYOND_THE_EXPORTERS_OWN);
        Provider(settings.applied(builder).build_with(writers))
    }

    pub(super) fn install(&self) {
        exit::remember(self.0.clone());
        crate::span::tracers::set_tracer_provider(self.0.clone());
    }

    pub(super) fn stats(&self) -> Stats {
        self.0.stats()
    }

    /// Exports the spans that have ended. Returns `true` if that succeeded in time.
    pub(super) fn flush(&self) -> bool {
        self.0.force_flush().is_ok()
    }

    /// Exports the spans that have ended, and shuts the provider down. Returns `true` if that
    /// succeeded within the limit.
    pub(super) fn shutdown(&self, limit: Duration) -> bool {
        self.0.shutdown_with_timeout(limit).is_ok()
    }
}

impl Settings {
    fn applied<E>(self, builder: sdk::TracerProviderBuilder<E>) -> sdk::TracerProviderBuilder<E> {
        let builder = builder
            .with_resource(self.resource)
            .with_limits(self.limits);
        match self.sampling {
            None => builder,
            Some(Sampling::Head(sampler)) => builder.with_boxed_sampler(sampler),
            Some(Sampling::Adaptive(sampling)) => builder.with_adaptive_sampling(sampling),
        }
    }
}
