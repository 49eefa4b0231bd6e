//! The background thread, which takes spans from the buffers, through sampling, to the exporters.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use opentelemetry::Context;

use super::batching::Batching;
use super::buffers::Drain;
use super::deadline::Deadline;
use super::shared::Shared;
use super::writer::{Exported, Lost, Writer};
use crate::sdk::clock;
use crate::sdk::record::{Ended, spans};
use crate::sdk::sampling::{Keep, Kept, Pending};

/// The maximum time that the background thread waits before it decides on traces whose first span
/// has ended.
const SOON: Duration = Duration::from_millis(20);

/// The state of the background thread.
pub(crate) struct Worker {
    shared: Arc<Shared>,
    drain: Drain,
    pending: Option<Pending>,
    output: Output,
    delay: Duration,
}

impl Worker {
    pub(crate) fn new(
        shared: Arc<Shared>,
        writers: Vec<Box<dyn Writer>>,
        batching: Batching,
        pending: Option<Pending>,
    ) -> Worker {
        Worker {
            output: Output {
                shared: Arc::clone(&shared),
                writers,
                count: 0,
                bytes: 0,
                batching,
                since: Instant::now(),
                failure: None,
            },
            shared,
            drain: Drain::default(),
            pending,
            delay: batching.delay,
        }
    }

    /// Runs until the provider is shut down.
    pub(crate) fn run(mut self) {
        let _suppressed = Context::enter_telemetry_suppressed_scope();
        self.shared.mailbox.begin();
        let mut next = Deadline::after(self.delay);
        loop {
            let order = self.shared.mailbox.wait(next);
            clock::anchor();
            let is_urgent = order.flush.is_some() || order.shutdown.is_some();
            let has_ended = self.pass();
            if is_urgent {
                // The first pass may have missed spans that ended before others that it saw. This
                // one sees them.
                self.pass();
                self.decide(Pending::decide_kept);
            }
            if order.shutdown.is_some() {
                self.decide(Pending::decide_all);
            }
            if is_urgent || self.output.since.elapsed() >= self.delay {
                self.output.export();
            }
            self.output.count_bytes();
            self.shared.warnings.tell_of_dropped(&self.shared.counters);
            let failure = self.output.failure.take();
            if let Some(limit) = order.shutdown {
                return self.end(limit, failure);
            }
            if order.is_asked {
                self.shared.mailbox.answer(self.is_unsent());
            }
            if let Some(asked) = order.flush {
                self.shared.mailbox.flushed(asked, failure);
            }
            let wait = if has_ended { SOON } else { self.delay };
            next = Deadline::after(wait);
        }
    }

    /// Takes in the spans that have ended. Returns `true` if the next pass has traces to decide.
    fn pass(&mut self) -> bool {
        let now = Instant::now();
        let before = self.pending.as_mut().map(Pending::ended);
        self.drain.pass(&self.shared.buffers, |bytes| {
            for span in spans(bytes) {
                match &mut self.pending {
                    Some(pending) => pending.add(span, now, &mut self.output),
                    None => self.output.take(span),
                }
            }
        });
        let Some(pending) = &mut self.pending else {
            return false;
        };
        pending.decide(before.unwrap_or_default(), now, &mut self.output);
        self.shared.counters.count_decisions(pending);
        pending.has_ended()
    }

    fn decide(&mut self, decide: fn(&mut Pending, Instant, &mut dyn Keep)) {
        if let Some(pending) = &mut self.pending {
            decide(pending, Instant::now(), &mut self.output);
            self.shared.counters.count_decisions(pending);
        }
    }

    /// Returns `true` if spans that were taken from the buffers are not exported yet.
    fn is_unsent(&self) -> bool {
        let pending = self.pending.as_ref().map_or(0, Pending::bytes);
        self.output.count > 0 || pending > 0
    }

    fn end(self, limit: Duration, failure: Option<String>) {
        let mut failure = failure;
        for mut writer in self.output.writers {
            let shutdown = || writer.shutdown(limit);
            let ended = panic::catch_unwind(AssertUnwindSafe(shutdown));
            failure = failure.or_else(|| match ended {
                Ok(Ok(())) => None,
                Ok(Err(error)) => Some(error.to_string()),
                Err(_) => Some("the exporter panicked at its shutdown".to_owned()),
            });
        }
        self.shared.mailbox.over(failure);
    }
}

/// The exporters, and the current batch.
struct Output {
    shared: Arc<Shared>,
    /// The writers, which all have the same spans.
    writers: Vec<Box<dyn Writer>>,
    /// The number of spans that each writer has.
    count: usize,
    /// The size of the records of these spans, in bytes.
    bytes: usize,
    batching: Batching,
    /// The time at which the last export began.
    since: Instant,
    /// The reason why an export failed, if one has failed since this was last taken.
    failure: Option<String>,
}

impl Output {
    #[inline]
    fn take(&mut self, span: Ended<'_>) {
        if span.is_sampled() {
            self.add(span, None);
        } else {
            let sampled_out = &self.shared.counters.sampled_out;
            sampled_out.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn count_bytes(&self) {
        let batch = &self.shared.counters.batch;
        batch.store(self.bytes, Ordering::Relaxed);
    }

    /// Adds a span to the batch. Exports the batch first if it has no room for the span, and
    /// afterwards if it is full.
    fn add(&mut self, span: Ended<'_>, kept: Option<Kept>) {
        let scopes = &self.shared.scopes;
        let mut writers = self.writers.iter_mut();
        if writers.any(|writer| !writer.has_room_for(span, scopes)) {
            self.export();
        }
        for writer in &mut self.writers {
            writer.add(span, kept, &self.shared.scopes);
        }
        self.count += 1;
        self.bytes += span.bytes().len();
        if self.count >= self.batching.size {
            self.export();
        }
    }

    /// Exports the batch, and counts its spans by the result. A panic of an exporter counts as a
    /// failure.
    fn export(&mut self) {
        self.since = Instant::now();
        let count = std::mem::take(&mut self.count) as u64;
        if count == 0 {
            return;
        }
        self.shared.warnings.tell_of_dropped(&self.shared.counters);
        self.count_bytes();
        self.bytes = 0;
        let limit = self.batching.limit;
        let mut all: Exported = Ok(0);
        for writer in &mut self.writers {
            let export = || writer.export(limit);
            let exported = panic::catch_unwind(AssertUnwindSafe(export));
            let one = exported.unwrap_or(Err(Lost::Panicked));
            all = all.and_then(|rejected| Ok(rejected.max(one?)));
        }
        let failure = self.counted(count, all);
        self.count_bytes();
        if let Some(failure) = &failure {
            opentelemetry::otel_warn!(name: "traced.ExportFailed", reason = failure.as_str(), spans = count);
        }
        let warnings = &self.shared.warnings;
        warnings.tell_of_export(count, failure.as_deref());
        self.failure = failure.or(self.failure.take());
    }

    /// Counts the spans of a batch. Returns the reason why the whole batch is lost, if it is.
    fn counted(&self, count: u64, exported: Exported) -> Option<String> {
        let counters = &self.shared.counters;
        let lost = match exported {
            Ok(rejected) => {
                let rejected = rejected.min(count);
                counters.rejected.fetch_add(rejected, Ordering::Relaxed);
                let exported = &counters.exported;
                exported.fetch_add(count - rejected, Ordering::Relaxed);
                return None;
            }
            Err(lost) => lost,
        };
        let counter = match lost {
            Lost::Failed(_) => &counters.export_failed,
            Lost::TimedOut => &counters.export_timed_out,
            Lost::Panicked => &counters.export_panicked,
        };
        counter.fetch_add(count, Ordering::Relaxed);
        Some(lost.reason())
    }
}

impl Keep for Output {
    fn keep(&mut self, span: Ended<'_>, kept: Kept) {
        self.add(span, Some(kept));
    }
}
