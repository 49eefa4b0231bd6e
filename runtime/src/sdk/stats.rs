//! What became of the spans.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use crate::sdk::undecided::Undecided;

/// What became of the spans of a [`TracerProvider`](crate::sdk::TracerProvider) so far.
///
/// `recorded` is the sum of all others, of `sampled_out` and of the spans that wait, which are none after a shutdown. Spans are
/// counted when the background thread sees them: flush first for exact figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// The spans that ended.
    pub recorded: u64,
    /// Those that the exporter took.
    pub exported: u64,
    /// Those that the sampler did not want.
    pub sampled_out: u64,
    /// Those that were lost, by cause.
    pub dropped: Dropped,
    /// The bytes that wait: ended spans, and traces that are not decided.
    pub bytes: usize,
}

/// The spans that were lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Dropped {
    /// The buffer was full.
    pub buffer_full: u64,
    /// They ended after the shutdown.
    pub after_shutdown: u64,
    /// The collector took the batch they were in, but not them.
    pub rejected: u64,
    /// The exporter returned an error.
    pub export_failed: u64,
    /// The exporter panicked.
    pub export_panicked: u64,
    /// The exporter took longer than its time limit.
    pub export_timed_out: u64,
    /// A bound of the adaptive sampling was reached.
    pub sampling_bounds: u64,
}

impl Dropped {
    /// All of them.
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
    /// Those that the background thread saw.
    pub(crate) seen: AtomicU64,
    pub(crate) exported: AtomicU64,
    pub(crate) sampled_out: AtomicU64,
    pub(crate) buffer_full: AtomicU64,
    pub(crate) after_shutdown: AtomicU64,
    pub(crate) rejected: AtomicU64,
    pub(crate) export_failed: AtomicU64,
    pub(crate) export_panicked: AtomicU64,
    pub(crate) export_timed_out: AtomicU64,
    pub(crate) sampling_bounds: AtomicU64,
    pub(crate) bytes: AtomicUsize,
}

impl Counters {
    /// Takes over what the sampling has counted.
    pub(crate) fn count_decisions(&self, undecided: &mut Undecided) {
        let dropped = std::mem::take(&mut undecided.dropped);
        let sampled_out = std::mem::take(&mut undecided.sampled_out);
        self.sampling_bounds.fetch_add(dropped, Ordering::Relaxed);
        self.sampled_out.fetch_add(sampled_out, Ordering::Relaxed);
    }

    pub(crate) fn read(&self) -> Stats {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let dropped = Dropped {
            buffer_full: read(&self.buffer_full),
            after_shutdown: read(&self.after_shutdown),
            rejected: read(&self.rejected),
            export_failed: read(&self.export_failed),
            export_panicked: read(&self.export_panicked),
            export_timed_out: read(&self.export_timed_out),
            sampling_bounds: read(&self.sampling_bounds),
        };
        Stats {
            recorded: read(&self.seen) + dropped.buffer_full + dropped.after_shutdown,
            exported: read(&self.exported),
            sampled_out: read(&self.sampled_out),
            dropped,
            bytes: self.bytes.load(Ordering::Relaxed),
        }
    }
}
