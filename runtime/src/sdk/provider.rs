//! The provider: what spans share, and the background thread's life.

use std::borrow::Cow;
use std::env;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use opentelemetry::{InstrumentationScope, trace};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{IdGenerator, ShouldSample, SpanExporter, SpanLimits};

use crate::sdk::adaptive::{AdaptiveSampling, BaseRate};
use crate::sdk::buffer::{Buffers, Pushed};
use crate::sdk::clock;
use crate::sdk::head::Head;
use crate::sdk::here;
use crate::sdk::ids::Ids;
use crate::sdk::limits::Limits;
use crate::sdk::signal::Signal;
use crate::sdk::stats::{Counters, Stats};
use crate::sdk::tracer::Tracer;
use crate::sdk::undecided::Undecided;
use crate::sdk::worker::{Batching, Worker};

/// How long a shutdown and a flush wait where nothing else is said.
const PATIENCE: Duration = Duration::from_secs(5);
/// The bytes of buffer for each span of `OTEL_BSP_MAX_QUEUE_SIZE`.
const BYTES_PER_SPAN: usize = 12 * 1024;

/// A tracer provider that hands spans over as bytes, in bounded memory, and can decide at a trace's end whether to keep it.
///
/// See [the module](crate::sdk). A clone is the same provider; when the last one is dropped, it shuts down.
#[derive(Clone)]
pub struct TracerProvider {
    inner: Arc<Inner>,
}

struct Inner {
    shared: Arc<Shared>,
    is_shutdown: AtomicBool,
}

/// What the spans of a provider share.
pub(crate) struct Shared {
    pub(crate) buffers: Buffers,
    pub(crate) limits: Limits,
    pub(crate) head: Head,
    pub(crate) ids: Ids,
    pub(crate) scopes: Mutex<Vec<InstrumentationScope>>,
    pub(crate) signal: Signal,
    pub(crate) counters: Counters,
    is_shut_down: AtomicBool,
}

impl Shared {
    #[inline]
    pub(crate) fn is_shut_down(&self) -> bool {
        self.is_shut_down.load(Ordering::Relaxed)
    }

    /// A span has ended.
    pub(crate) fn ended(&self, record: &mut Vec<u8>) {
        if self.is_shut_down() {
            self.counters.after_shutdown.fetch_add(1, Ordering::Relaxed);
            return;
        }
        match self.buffers.push(record) {
            Pushed::Kept => {}
            Pushed::KeptFillingUp => self.signal.call(),
            Pushed::Dropped => self.dropped(),
        }
    }

    #[cold]
    fn dropped(&self) {
        if self.counters.buffer_full.fetch_add(1, Ordering::Relaxed) == 0 {
            opentelemetry::otel_warn!(
                name: "traced.BufferFull",
                message = "spans end faster than they can be exported, and some are dropped; see TracerProvider::stats"
            );
        }
    }

    fn scope(&self, scope: InstrumentationScope) -> u32 {
        let mut scopes = self.scopes.lock().unwrap_or_else(PoisonError::into_inner);
        let known = scopes.iter().position(|known| *known == scope);
        let index = known.unwrap_or_else(|| {
            scopes.push(scope);
            scopes.len() - 1
        });
        u32::try_from(index).unwrap_or(u32::MAX)
    }
}

impl TracerProvider {
    /// What a provider is made of; everything that is not set comes from the environment.
    #[must_use]
    pub fn builder() -> Builder<NoExporter> {
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
        }
    }

    /// Exports everything that has ended, on whatever thread, and waits for that, at most 5 s.
    ///
    /// # Errors
    ///
    /// The exporter failed, took longer, or the provider was shut down.
    pub fn force_flush(&self) -> OTelSdkResult {
        self.force_flush_with_timeout(PATIENCE)
    }

    /// The same, with a time limit.
    ///
    /// # Errors
    ///
    /// The exporter failed, took longer, or the provider was shut down.
    pub fn force_flush_with_timeout(&self, limit: Duration) -> OTelSdkResult {
        self.inner.shared.signal.flush(limit)
    }

    /// Exports everything that has ended, and ends the background thread; waits for that, at most 5 s.
    ///
    /// # Errors
    ///
    /// The exporter failed, took longer, or the provider was shut down before.
    pub fn shutdown(&self) -> OTelSdkResult {
        self.shutdown_with_timeout(PATIENCE)
    }

    /// The same, with a time limit.
    ///
    /// # Errors
    ///
    /// The exporter failed, took longer, or the provider was shut down before.
    pub fn shutdown_with_timeout(&self, limit: Duration) -> OTelSdkResult {
        self.inner.shutdown(limit)
    }

    /// Tells it from all others of this process.
    pub(crate) fn number(&self) -> usize {
        self.inner.shared.buffers.number()
    }

    /// What became of the spans so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.inner.shared.counters.read()
    }
}

impl fmt::Debug for TracerProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TracerProvider")
            .field("stats", &self.stats())
            .finish_non_exhaustive()
    }
}

impl Inner {
    fn shutdown(&self, limit: Duration) -> OTelSdkResult {
        if self.is_shutdown.swap(true, Ordering::AcqRel) {
            return Err(OTelSdkError::AlreadyShutdown);
        }
        self.shared.is_shut_down.store(true, Ordering::Release);
        self.shared.signal.shutdown(limit)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // Nobody is there to be told.
        let _ = self.shutdown(PATIENCE);
    }
}

impl trace::TracerProvider for TracerProvider {
    type Tracer = Tracer;

    fn tracer(&self, name: impl Into<Cow<'static, str>>) -> Tracer {
        self.tracer_with_scope(InstrumentationScope::builder(name).build())
    }

    fn tracer_with_scope(&self, scope: InstrumentationScope) -> Tracer {
        let shared = &self.inner.shared;
        let tracer = Tracer::new(Arc::clone(shared), shared.scope(scope));
        here::made(&tracer, self.number());
        tracer
    }
}

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
}

impl Builder<NoExporter> {
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

    /// How many spans of 12 KiB the buffers hold: usual ones are smaller by far. Default: 2,048, or
    /// `OTEL_BSP_MAX_QUEUE_SIZE`.
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
        let mut exporter = self.exporter;
        exporter.set_resource(&self.resource.unwrap_or_else(|| Resource::builder().build()));
        let (head, undecided) = head(self.head, self.adaptive);
        let shared = Arc::new(Shared {
            buffers: Buffers::new(self.queue.saturating_mul(BYTES_PER_SPAN)),
            limits: self.limits,
            head,
            ids: self.ids,
            scopes: Mutex::default(),
            signal: Signal::default(),
            counters: Counters::default(),
            is_shut_down: AtomicBool::new(false),
        });
        clock::anchor();
        let worker = Worker::new(Arc::clone(&shared), exporter, self.batching, undecided);
        let thread = thread::Builder::new().name("traced".to_owned());
        let is_shutdown = AtomicBool::new(false);
        if let Err(error) = thread.spawn(|| worker.run()) {
            opentelemetry::otel_error!(name: "traced.NoThread", reason = error.to_string());
            shared.is_shut_down.store(true, Ordering::Relaxed);
            is_shutdown.store(true, Ordering::Relaxed);
        }
        TracerProvider {
            inner: Arc::new(Inner {
                shared,
                is_shutdown,
            }),
        }
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
