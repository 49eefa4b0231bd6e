//! Counts what has become of the spans.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use super::buffers::Buffers;
use crate::sdk::sampling::Pending;

/// Counts of what has become of the spans of a [`TracerProvider`](crate::sdk::TracerProvider) so
/// far.
///
/// `recorded` is always the sum of `exported`, `sampled_out`, `dropped.total()` and `waiting`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// The number of recorded spans that have ended.
    pub recorded: u64,
    /// The number of spans that the exporter accepted.
    pub exported: u64,
    /// The number of spans that sampling left out.
    pub sampled_out: u64,
    /// The spans that were lost, by cause.
    pub dropped: Dropped,
    /// The number of spans that wait for the background thread, for the decision on their trace, or
    /// for the exporter. After a shutdown it is zero, unless the shutdown timed out.
    pub waiting: u64,
    /// The total size of the waiting spans, in bytes.
    pub bytes: usize,
}

/// The number of spans that were lost, by cause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Dropped {
    /// The number of spans that were lost because the buffer was full.
    pub buffer_full: u64,
    /// The number of spans that were lost because they ended after the shutdown.
    pub after_shutdown: u64,
    /// The number of spans that the collector rejected, although it accepted their batch.
    pub rejected: u64,
    /// The number of spans that were lost because the exporter returned an error.
    pub export_failed: u64,
    /// The number of spans that were lost because the exporter panicked.
    pub export_panicked: u64,
    /// The number of spans that were lost because the exporter exceeded its time limit.
    pub export_timed_out: u64,
    /// The number of spans that were lost because a limit of adaptive sampling was reached.
    pub sampling_bounds: u64,
    /// The number of spans among `buffer_full` that ended with an error. Such spans are the last to
    /// be dropped.
    pub errors: u64,
}

impl Dropped {
    /// Returns the sum of all causes. `errors` does not count again, since it is a part of
    /// `buffer_full`.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.buffer_full
            + self.after_shutdown
            + self.rejected
            + self.export_failed
            + self.export_panicked
            + self.export_timed_out
            + self.sampling_bounds
    }
}

#[derive(Default)]
pub(crate) struct Counters {
    pub(crate) exported: AtomicU64,
    pub(crate) sampled_out: AtomicU64,
    pub(crate) buffer_full: AtomicU64,
    pub(crate) errors: AtomicU64,
    pub(crate) after_shutdown: AtomicU64,
    pub(crate) rejected: AtomicU64,
    pub(crate) export_failed: AtomicU64,
    pub(crate) export_panicked: AtomicU64,
    pub(crate) export_timed_out: AtomicU64,
    pub(crate) sampling_bounds: AtomicU64,
    /// The size of the batch, in bytes.
    pub(crate) batch: AtomicUsize,
    /// The size of the traces that are not decided yet, in bytes.
    pub(crate) pending: AtomicUsize,
}

impl Counters {
    /// Takes over what adaptive sampling has counted since the last time.
    pub(crate) fn count_decisions(&self, pending: &mut Pending) {
        let dropped = std::mem::take(&mut pending.dropped);
        let sampled_out = std::mem::take(&mut pending.sampled_out);
        self.sampling_bounds.fetch_add(dropped, Ordering::Relaxed);
        self.sampled_out.fetch_add(sampled_out, Ordering::Relaxed);
        self.pending.store(pending.bytes(), Ordering::Relaxed);
    }

    /// Returns what has become of the spans that were handed over. If the background thread
    /// `is_over`, spans that it left behind count as ended after the shutdown.
    pub(crate) fn read(&self, buffers: &Buffers, is_over: bool) -> Stats {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let mut stats = Stats {
            exported: read(&self.exported),
            sampled_out: read(&self.sampled_out),
            dropped: Dropped {
                buffer_full: read(&self.buffer_full),
                after_shutdown: read(&self.after_shutdown),
                rejected: read(&self.rejected),
                export_failed: read(&self.export_failed),
                export_panicked: read(&self.export_panicked),
                export_timed_out: read(&self.export_timed_out),
                sampling_bounds: read(&self.sampling_bounds),
                errors: read(&self.errors),
            },
            ..Stats::default()
        };
        // The number of pushed spans is read last. It only grows, so it includes all spans that are
        // counted above.
        let dropped = &stats.dropped;
        let settled = stats.exported + stats.sampled_out + dropped.total();
        let not_taken = dropped.buffer_full + dropped.after_shutdown;
        stats.recorded = (buffers.pushed() + not_taken).max(settled);
        let left = stats.recorded - settled;
        if is_over {
            stats.dropped.after_shutdown += left;
        } else {
            stats.waiting = left;
            let taken = [&self.batch, &self.pending].map(|bytes| bytes.load(Ordering::Relaxed));
            stats.bytes = buffers.waiting() + taken.iter().sum::<usize>();
        }
        stats
    }
}
