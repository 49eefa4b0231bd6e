//! What a provider is made of.

use std::env;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{IdGenerator, ShouldSample, SpanExporter, SpanLimits};

use crate::sdk::export::buffers::Buffers;
use crate::sdk::export::{Batching, Counters, Signal, Spans, Warnings, Worker, Writer};
use crate::sdk::ids::Ids;
use crate::sdk::provider::{Shared, TracerProvider};
use crate::sdk::record::Limits;
use crate::sdk::sampling::{AdaptiveSampling, BaseRate, Head, Undecided};
use crate::sdk::scopes::Scopes;

/// The exporter is missing.
#[derive(Debug)]
pub struct NoExporter;

/// What a [`TracerProvider`] is made of.
#[derive(Debug)]
pub struct Builder<E> {
    exporter: E,
    resource: Option<Resource>,
    head: Option<Box<dyn ShouldSample>>,
    adaptive: Option<AdaptiveSampling>,
    ids: Ids,
    limits: Limits,
    batching: Batching,
    queue: usize,
    warnings: Warnings,
}

impl Builder<NoExporter> {
    pub(crate) fn from_environment() -> Builder<NoExporter> {
        Builder {
            exporter: NoExporter,
            resource: None,
            head: None,
            adaptive: None,
            ids: Ids::Random,
            limits: Limits::from_env(),
            batching: Batching {
                delay: milliseconds("OTEL_BSP_SCHEDULE_DELAY", 5_000),
                size: number("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 512),
                limit: milliseconds("OTEL_BSP_EXPORT_TIMEOUT", 30_000),
            },
            queue: number("OTEL_BSP_MAX_QUEUE_SIZE", 2_048),
            warnings: Warnings::default(),
        }
    }

    /// Where the spans go.
    #[must_use]
    pub fn with_exporter<E: SpanExporter + 'static>(self, exporter: E) -> Builder<E> {
        Builder {
            exporter,
            resource: self.resource,
            head: self.head,
            adaptive: self.adaptive,
            ids: self.ids,
            limits: self.limits,
            batching: self.batching,
            queue: self.queue,
            warnings: self.warnings,
        }
    }
}

impl<E> Builder<E> {
    /// What the spans are of. Default: the SDK's, from `OTEL_RESOURCE_ATTRIBUTES` and `OTEL_SERVICE_NAME`.
    #[must_use]
    pub fn with_resource(mut self, resource: Resource) -> Self {
        self.resource = Some(resource);
        self
    }

    /// The decision at a span's start. Default: as its parent; what has none is sampled.
    #[must_use]
    pub fn with_sampler<S: ShouldSample + 'static>(mut self, sampler: S) -> Self {
        self.head = Some(Box::new(sampler));
        self.adaptive = None;
        self
    }

    /// The decision at a trace's end, see [`AdaptiveSampling`].
    #[must_use]
    pub fn with_adaptive_sampling(mut self, sampling: AdaptiveSampling) -> Self {
        self.head = None;
        self.adaptive = Some(sampling);
        self
    }

    /// Where ids come from. Default: random ones.
    #[must_use]
    pub fn with_id_generator<I: IdGenerator + 'static>(mut self, ids: I) -> Self {
        self.ids = Ids::Own(Box::new(ids));
        self
    }

    /// How many attributes, events and links a span may hold. Default: 128 of each, or what `OTEL_SPAN_*_LIMIT` say.
    #[must_use]
    pub fn with_span_limits(mut self, limits: SpanLimits) -> Self {
        self.limits = self.limits.with_counts(limits);
        self
    }

    /// How many characters of a text value are kept. Default: all, or what `OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT` says.
    #[must_use]
    pub fn with_max_value_length(mut self, characters: usize) -> Self {
        self.limits.value_length = Some(characters);
        self
    }

    /// How long ended spans may wait for more. Default: 5 s, or `OTEL_BSP_SCHEDULE_DELAY`.
    #[must_use]
    pub fn with_scheduled_delay(mut self, delay: Duration) -> Self {
        self.batching.delay = delay;
        self
    }

    /// The most spans that are exported at once. Default: 512, or `OTEL_BSP_MAX_EXPORT_BATCH_SIZE`.
    #[must_use]
    pub fn with_max_export_batch_size(mut self, size: usize) -> Self {
        self.batching.size = size.max(1);
        self
    }

    /// How long an export may take. Default: 30 s, or `OTEL_BSP_EXPORT_TIMEOUT`.
    #[must_use]
    pub fn with_max_export_timeout(mut self, limit: Duration) -> Self {
        self.batching.limit = limit;
        self
    }

    /// The exporter says itself what it could not export.
    #[cfg(feature = "init")]
    pub(crate) fn with_exporter_that_warns(mut self) -> Self {
        self.warnings.leave_export_to_exporter();
        self
    }

    /// How many spans may wait for their export at least, whatever their size and their threads, within the
    /// [bounds](crate::sdk#what-is-bounded) of memory. Default: 2,048, or `OTEL_BSP_MAX_QUEUE_SIZE`.
    #[must_use]
    pub fn with_max_queue_size(mut self, size: usize) -> Self {
        self.queue = size;
        self
    }
}

impl<E: SpanExporter + 'static> Builder<E> {
    /// Starts the provider and its background thread.
    ///
    /// Where the system gives no thread, the provider is shut down from the start, and says so through OpenTelemetry's
    /// internal log.
    #[must_use]
    pub fn build(self) -> TracerProvider {
        self.start(|exporter| vec![Box::new(Spans::new(exporter))])
    }
}

impl Builder<NoExporter> {
    /// Starts a provider whose spans go to all of these.
    #[cfg(feature = "init")]
    pub(crate) fn build_with(self, writers: Vec<Box<dyn Writer>>) -> TracerProvider {
        self.start(|NoExporter| writers)
    }
}

impl<E> Builder<E> {
    fn start(self, writers: impl FnOnce(E) -> Vec<Box<dyn Writer>>) -> TracerProvider {
        let mut writers = writers(self.exporter);
        let resource = self.resource.unwrap_or_else(|| Resource::builder().build());
        for writer in &mut writers {
            writer.set_resource(&resource);
        }
        let taken = self
            .adaptive
            .as_ref()
            .map_or(0, |adaptive| adaptive.max_bytes);
        let (head, undecided) = head(self.head, self.adaptive);
        let shared = Arc::new(Shared {
            buffers: Buffers::new(self.queue, taken),
            limits: self.limits,
            head,
            ids: self.ids,
            scopes: Scopes::default(),
            signal: Signal::default(),
            counters: Counters::default(),
            warnings: self.warnings,
            is_shut_down: AtomicBool::new(false),
        });
        let worker = Worker::new(Arc::clone(&shared), writers, self.batching, undecided);
        TracerProvider::start(shared, || worker.run())
    }
}

fn head(
    own: Option<Box<dyn ShouldSample>>,
    adaptive: Option<AdaptiveSampling>,
) -> (Head, Option<Undecided>) {
    match (own, adaptive) {
        (_, Some(sampling)) => {
            let rate = BaseRate::new(sampling.base_rate);
            let undecided = Undecided::new(sampling, rate.clone());
            (Head::Adaptive(rate), Some(undecided))
        }
        (Some(own), None) => (Head::Own(own), None),
        (None, None) => (Head::ParentBased, None),
    }
}

fn milliseconds(variable: &str, default: u64) -> Duration {
    Duration::from_millis(number(variable, default))
}

fn number<T: std::str::FromStr>(variable: &str, default: T) -> T {
    let value = env::var(variable).ok();
    value
        .and_then(|value| value.trim().parse().ok())
        .unwrap_or(default)
}
