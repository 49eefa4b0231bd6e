//! Builds a provider from settings in code and from environment variables.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{IdGenerator, ShouldSample, SpanExporter, SpanLimits};

use crate::environment::number;
use crate::sdk::export::buffers::Buffers;
use crate::sdk::export::{
    Batching, Counters, Mailbox, Shared, Spans, Warnings, Worker, Writer, defaults,
};
use crate::sdk::ids::Ids;
use crate::sdk::provider::TracerProvider;
use crate::sdk::record::Limits;
use crate::sdk::sampling::{AdaptiveSampling, Head};
use crate::sdk::scopes::Scopes;

/// The type of a [`TracerProviderBuilder`] that has no exporter yet.
#[derive(Debug)]
pub struct NoExporter;

/// Configures a [`TracerProvider`]. Settings that are not made in code come from environment
/// variables, or have their defaults.
///
/// # Example
///
/// ```
/// use opentelemetry_sdk::trace::{InMemorySpanExporter, Sampler};
/// use traced::sdk::TracerProvider;
///
/// let provider = TracerProvider::builder()
///     .with_exporter(InMemorySpanExporter::default())
///     .with_sampler(Sampler::TraceIdRatioBased(0.1))
///     .build();
/// # provider.shutdown();
/// ```
#[derive(Debug)]
pub struct TracerProviderBuilder<E> {
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

impl TracerProvider {
    /// Returns a builder with the settings of the environment variables.
    #[must_use]
    pub fn builder() -> TracerProviderBuilder<NoExporter> {
        TracerProviderBuilder::from_environment()
    }
}

impl TracerProviderBuilder<NoExporter> {
    pub(crate) fn from_environment() -> TracerProviderBuilder<NoExporter> {
        TracerProviderBuilder {
            exporter: NoExporter,
            resource: None,
            head: None,
            adaptive: None,
            ids: Ids::Random,
            limits: Limits::from_environment(),
            batching: Batching {
                delay: milliseconds("OTEL_BSP_SCHEDULE_DELAY").unwrap_or(defaults::DELAY),
                size: number(&["OTEL_BSP_MAX_EXPORT_BATCH_SIZE"]).unwrap_or(defaults::SIZE),
                limit: milliseconds("OTEL_BSP_EXPORT_TIMEOUT").unwrap_or(defaults::LIMIT),
            },
            queue: number(&["OTEL_BSP_MAX_QUEUE_SIZE"]).unwrap_or(defaults::QUEUE),
            warnings: Warnings::default(),
        }
    }

    /// Sets the exporter that receives the spans.
    #[must_use]
    pub fn with_exporter<E: SpanExporter + 'static>(self, exporter: E) -> TracerProviderBuilder<E> {
        TracerProviderBuilder {
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

impl<E> TracerProviderBuilder<E> {
    /// Sets the resource, which describes the process that records the spans. The default is the
    /// SDK's, from `OTEL_RESOURCE_ATTRIBUTES` and `OTEL_SERVICE_NAME`.
    #[must_use]
    pub fn with_resource(mut self, resource: Resource) -> Self {
        self.resource = Some(resource);
        self
    }

    /// Sets the sampler, which decides at the start of each span whether to record and export it.
    /// By default, a span is sampled if its parent is, or if it has none. This replaces adaptive
    /// sampling.
    #[must_use]
    pub fn with_sampler<S: ShouldSample + 'static>(self, sampler: S) -> Self {
        self.with_boxed_sampler(Box::new(sampler))
    }

    pub(crate) fn with_boxed_sampler(mut self, sampler: Box<dyn ShouldSample>) -> Self {
        self.head = Some(sampler);
        self.adaptive = None;
        self
    }

    /// Enables adaptive sampling, which decides at the end of a trace whether to keep it. See
    /// [`AdaptiveSampling`]. This replaces the sampler.
    #[must_use]
    pub fn with_adaptive_sampling(mut self, sampling: AdaptiveSampling) -> Self {
        self.head = None;
        self.adaptive = Some(sampling);
        self
    }

    /// Sets the generator of trace ids and span ids. By default, they are random.
    #[must_use]
    pub fn with_id_generator<I: IdGenerator + 'static>(mut self, ids: I) -> Self {
        self.ids = Ids::Own(Box::new(ids));
        self
    }

    /// Sets the maximum number of attributes, events and links of a span, and of attributes of an
    /// event and of a link. The default is 128 each, or the value of the variables
    /// `OTEL_SPAN_*_COUNT_LIMIT`, `OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT`,
    /// `OTEL_LINK_ATTRIBUTE_COUNT_LIMIT` and `OTEL_ATTRIBUTE_COUNT_LIMIT`.
    #[must_use]
    pub fn with_span_limits(mut self, limits: SpanLimits) -> Self {
        self.limits = self.limits.with_counts(limits);
        self
    }

    /// Sets all limits of a span.
    #[cfg(feature = "init")]
    pub(crate) fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets the maximum length of a text value, in characters. The default is that of
    /// `OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT` or `OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT`, or no
    /// limit.
    ///
    /// Without a limit, a value that is formatted (`%`, `?`, or an error) is cut after 16 KiB. With
    /// a limit, it may be as long as any other text, if the provider is set by
    /// [`set_tracer_provider`](crate::set_tracer_provider).
    #[must_use]
    pub fn with_max_value_length(mut self, characters: usize) -> Self {
        self.limits.value_length = Some(characters);
        self
    }

    /// Sets how long ended spans wait before they are exported. The default is 5 seconds, or
    /// `OTEL_BSP_SCHEDULE_DELAY`.
    #[must_use]
    pub fn with_scheduled_delay(mut self, delay: Duration) -> Self {
        self.batching.delay = delay;
        self
    }

    /// Sets the maximum number of spans in one export. 0 counts as 1. The default is 512, or
    /// `OTEL_BSP_MAX_EXPORT_BATCH_SIZE`.
    #[must_use]
    pub fn with_max_export_batch_size(mut self, size: usize) -> Self {
        self.batching.size = size.max(1);
        self
    }

    /// Sets the time limit of an export. The default is 30 seconds, or `OTEL_BSP_EXPORT_TIMEOUT`.
    #[must_use]
    pub fn with_max_export_timeout(mut self, limit: Duration) -> Self {
        self.batching.limit = limit;
        self
    }

    /// Adapts the warnings to a provider that `traced::init` sets up. Warnings about failed exports
    /// are left to its exporters, which know more about the reason.
    #[cfg(feature = "init")]
    pub(crate) fn of_init(mut self) -> Self {
        self.warnings.are_of_init();
        self
    }

    /// Sets the number of ended spans for which there is always room to wait for their export. They
    /// may be of any size and from any thread, within the [bounds](crate::sdk#what-is-bounded) of
    /// memory. The default is 2,048, or `OTEL_BSP_MAX_QUEUE_SIZE`.
    #[must_use]
    pub fn with_max_queue_size(mut self, size: usize) -> Self {
        self.queue = size;
        self
    }
}

impl<E: SpanExporter + 'static> TracerProviderBuilder<E> {
    /// Starts the provider and its background thread.
    ///
    /// If the thread cannot be started, the provider is shut down from the start. OpenTelemetry's
    /// internal log says so, and so does a warning on standard error when the first span is lost.
    #[must_use]
    pub fn build(self) -> TracerProvider {
        self.start(|exporter| vec![Box::new(Spans::new(exporter))])
    }
}

impl TracerProviderBuilder<NoExporter> {
    /// Starts a provider whose spans go to all of these writers.
    #[cfg(feature = "init")]
    pub(crate) fn build_with(self, writers: Vec<Box<dyn Writer>>) -> TracerProvider {
        self.start(|NoExporter| writers)
    }
}

impl<E> TracerProviderBuilder<E> {
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
        let (head, pending) = Head::choose(self.head, self.adaptive);
        let shared = Arc::new(Shared {
            buffers: Buffers::new(self.queue, taken),
            limits: self.limits,
            head,
            ids: self.ids,
            scopes: Scopes::default(),
            mailbox: Mailbox::default(),
            counters: Counters::default(),
            warnings: self.warnings,
            is_shut_down: AtomicBool::new(false),
        });
        let worker = Worker::new(Arc::clone(&shared), writers, self.batching, pending);
        TracerProvider::start(shared, || worker.run())
    }
}

fn milliseconds(variable: &str) -> Option<Duration> {
    number(&[variable]).map(Duration::from_millis)
}
