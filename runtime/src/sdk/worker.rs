//! The background thread: from bytes to spans, and to the exporter.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{SpanData, SpanExporter};

use crate::sdk::block_on::block_on;
use crate::sdk::buffer::Drain;
use crate::sdk::clock;
use crate::sdk::deadline::Deadline;
use crate::sdk::known::Known;
use crate::sdk::provider::Shared;
use crate::sdk::read::{Ended, spans};
use crate::sdk::undecided::{Kept, Reason, Undecided, as_kept};

/// The bytes of records after which a batch is exported, whatever it holds: collectors take requests of 4 MiB by default.
const LARGE_BATCH: usize = 3 * 1024 * 1024;
/// How soon a trace is decided after its first span was seen to have ended.
const SOON: Duration = Duration::from_millis(20);

/// How spans are exported.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Batching {
    pub(crate) delay: Duration,
    pub(crate) size: usize,
    pub(crate) limit: Duration,
}

/// What the background thread works with.
pub(crate) struct Worker<E> {
    shared: Arc<Shared>,
    drain: Drain,
    undecided: Option<Undecided>,
    output: Output<E>,
    delay: Duration,
}

impl<E: SpanExporter> Worker<E> {
    pub(crate) fn new(
        shared: Arc<Shared>,
        exporter: E,
        batching: Batching,
        undecided: Option<Undecided>,
    ) -> Worker<E> {
        Worker {
            output: Output {
                shared: Arc::clone(&shared),
                exporter,
                known: Known::default(),
                batch: Vec::new(),
                bytes: 0,
                batching,
                since: Instant::now(),
                failure: None,
            },
            shared,
            drain: Drain::default(),
            undecided,
            delay: batching.delay,
        }
    }

    /// Works until the shutdown.
    pub(crate) fn run(mut self) {
        let _suppressed = Context::enter_telemetry_suppressed_scope();
        self.shared.signal.begin();
        let mut next = Deadline::after(self.delay);
        loop {
            let order = self.shared.signal.wait(next);
            clock::anchor();
            let is_urgent = order.flush.is_some() || order.shutdown.is_some();
            let has_ended = self.pass();
            if is_urgent {
                // Once more: what had ended before the traces that the last pass decides on.
                self.pass();
            }
            if order.shutdown.is_some() {
                self.decide_all();
            }
            if is_urgent || self.output.since.elapsed() >= self.delay {
                self.output.export();
            }
            self.count_bytes();
            self.shared.warnings.tell_of_dropped(&self.shared.counters);
            let failure = self.output.failure.take();
            if let Some(limit) = order.shutdown {
                return self.end(limit, failure);
            }
            if order.is_asked {
                self.shared.signal.answer(self.is_unsent());
            }
            if let Some(asked) = order.flush {
                self.shared.signal.flushed(asked, failure);
            }
            let wait = if has_ended { SOON } else { self.delay };
            next = Deadline::after(wait);
        }
    }

    /// Takes up what has ended; whether there are traces to be decided by the next pass.
    fn pass(&mut self) -> bool {
        let now = Instant::now();
        let before = self.undecided.as_mut().map(Undecided::ended);
        self.output.known.learn(&self.shared.scopes);
        let mut seen = 0;
        self.drain.pass(&self.shared.buffers, |bytes| {
            for span in spans(bytes) {
                seen += 1;
                match &mut self.undecided {
                    Some(undecided) => undecided.add(span, now, &mut self.output),
                    None => self.output.take(span),
                }
            }
        });
        self.shared.counters.seen.fetch_add(seen, Ordering::Relaxed);
        let Some(undecided) = &mut self.undecided else {
            return false;
        };
        undecided.decide(before.unwrap_or_default(), now, &mut self.output);
        self.shared.counters.count_decisions(undecided);
        undecided.has_ended()
    }

    fn decide_all(&mut self) {
        if let Some(undecided) = &mut self.undecided {
            undecided.decide_all(Instant::now(), &mut self.output);
            self.shared.counters.count_decisions(undecided);
        }
    }

    /// Whether anything waits that the last pass has seen.
    fn is_unsent(&self) -> bool {
        let undecided = self.undecided.as_ref().map_or(0, Undecided::bytes);
        !self.output.batch.is_empty() || undecided > 0
    }

    fn count_bytes(&self) {
        let undecided = self.undecided.as_ref().map_or(0, Undecided::bytes);
        let bytes = self.drain.waiting(&self.shared.buffers) + undecided;
        self.shared.counters.bytes.store(bytes, Ordering::Relaxed);
    }

    fn end(self, limit: Duration, failure: Option<String>) {
        let exporter = self.output.exporter;
        let shutdown = || exporter.shutdown_with_timeout(limit);
        let ended = panic::catch_unwind(AssertUnwindSafe(shutdown));
        let failure = failure.or_else(|| match ended {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some("the exporter panicked at its shutdown".to_owned()),
        });
        self.shared.signal.over(failure);
    }
}

/// The way to the exporter.
struct Output<E> {
    shared: Arc<Shared>,
    exporter: E,
    known: Known,
    batch: Vec<SpanData>,
    /// The bytes of the batch's records.
    bytes: usize,
    batching: Batching,
    /// When the last batch was exported.
    since: Instant,
    /// Why an export failed since this was last asked.
    failure: Option<String>,
}

impl<E: SpanExporter> Output<E> {
    fn take(&mut self, span: Ended<'_>) {
        if span.is_sampled() {
            self.add(span);
            self.export_if_full();
        } else {
            let sampled_out = &self.shared.counters.sampled_out;
            sampled_out.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[inline]
    fn add(&mut self, span: Ended<'_>) {
        span.add_to(&mut self.batch, &mut self.known);
        self.bytes += span.bytes().len();
    }

    fn export_if_full(&mut self) {
        if self.batch.len() >= self.batching.size || self.bytes >= LARGE_BATCH {
            self.export();
        }
    }

    /// Exports what there is. Whatever the exporter does, this returns, and the spans are counted.
    fn export(&mut self) {
        self.since = Instant::now();
        if self.batch.is_empty() {
            return;
        }
        self.shared.warnings.tell_of_dropped(&self.shared.counters);
        self.bytes = 0;
        let room = Vec::with_capacity(self.batch.capacity());
        let batch = std::mem::replace(&mut self.batch, room);
        let count = batch.len() as u64;
        let export = || block_on(self.exporter.export(batch), self.batching.limit);
        let counters = &self.shared.counters;
        let (counter, failure) = match panic::catch_unwind(AssertUnwindSafe(export)) {
            Ok(Some(Ok(()))) => (&counters.exported, None),
            Ok(Some(Err(error))) => (&counters.export_failed, Some(error.to_string())),
            Ok(None) => (
                &counters.export_timed_out,
                Some("the exporter took longer than its time limit".to_owned()),
            ),
            Err(_) => (
                &counters.export_panicked,
                Some("the exporter panicked".to_owned()),
            ),
        };
        counter.fetch_add(count, Ordering::Relaxed);
        if let Some(failure) = &failure {
            opentelemetry::otel_warn!(name: "traced.ExportFailed", reason = failure.as_str(), spans = count);
        }
        let warnings = &self.shared.warnings;
        warnings.tell_of_export(count, failure.as_deref());
        self.failure = failure.or(self.failure.take());
    }
}

impl<E: SpanExporter> Kept for Output<E> {
    fn keep(&mut self, span: Ended<'_>, reason: Reason) {
        self.add(span);
        if let Some(data) = self.batch.last_mut() {
            if span.is_local_root() {
                let reason = KeyValue::new("sampling.reason", reason.name());
                data.attributes.push(reason);
            }
            data.span_context = as_kept(&data.span_context);
        }
        self.export_if_full();
    }
}
