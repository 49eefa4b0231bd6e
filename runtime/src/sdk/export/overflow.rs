//! A queue for ended spans that do not fit into a ring: those at the end of a burst, large ones,
//! and those of threads without a ring.

use std::collections::VecDeque;
use std::mem;
use std::sync::PoisonError;

use crate::sdk::atomics::{AtomicU64, AtomicUsize, Mutex, MutexGuard, Ordering};
use crate::sdk::record::layout::is_error;

/// The number of bytes that spans may take here in any case, however many spans there are.
const SMALL_CHANGE: usize = 4 * 1024 * 1024;
/// The number of bytes that a record is assumed to take in addition to its own.
const OVERHEAD: usize = 64;

/// The number of bytes that are reserved for spans that ended with an error.
const RESERVE: usize = 4 * 1024 * 1024;

/// A queue that all threads share. It is bounded in spans and in bytes.
pub(crate) struct Overflow {
    /// The maximum number of waiting spans. It applies only once they take more than
    /// [`SMALL_CHANGE`] bytes. Spans that ended with an error may also take the reserve.
    most_spans: usize,
    /// The maximum number of waiting bytes. Spans that ended with an error may also take the
    /// reserve.
    most_bytes: usize,
    pushed: AtomicU64,
    records: Mutex<VecDeque<Vec<u8>>>,
    /// The number of waiting spans, including those that the background thread is reading.
    spans: AtomicUsize,
    /// The number of bytes that these spans take.
    bytes: AtomicUsize,
}

impl Overflow {
    /// Creates a queue for this many spans and this many bytes, including the reserve.
    pub(crate) fn new(spans: usize, bytes: usize) -> Overflow {
        Overflow {
            most_spans: spans,
            most_bytes: bytes - RESERVE,
            pushed: AtomicU64::new(0),
            records: Mutex::default(),
            spans: AtomicUsize::new(0),
            bytes: AtomicUsize::new(0),
        }
    }

    /// Takes a record. Returns `Some(true)` if more than half of the room is taken afterwards, or
    /// `None` if there is no room for the record.
    pub(crate) fn push(&self, record: &[u8]) -> Option<bool> {
        let mut records = lock(&self.records);
        // Only the holder of the lock raises these numbers.
        let cost = cost(record);
        let spans = self.spans.load(Ordering::Relaxed) + 1;
        let reserve = if is_error(record) { RESERVE } else { 0 };
        let bytes = (self.bytes.load(Ordering::Relaxed) + cost).saturating_sub(reserve);
        let is_over = |share: usize| {
            bytes > SMALL_CHANGE / share
                && (bytes > self.most_bytes / share || spans > self.most_spans / share)
        };
        if is_over(1) {
            return None;
        }
        records.push_back(record.to_vec());
        self.pushed.fetch_add(1, Ordering::Relaxed);
        self.spans.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(cost, Ordering::Relaxed);
        Some(is_over(2))
    }

    /// Calls `read` with each record, and frees its room afterwards.
    pub(crate) fn pass(&self, mut read: impl FnMut(&[u8])) {
        let records = mem::take(&mut *lock(&self.records));
        for record in records {
            read(&record);
            self.spans.fetch_sub(1, Ordering::Relaxed);
            self.bytes.fetch_sub(cost(&record), Ordering::Relaxed);
        }
    }

    /// Returns the number of records that were taken so far.
    pub(crate) fn pushed(&self) -> u64 {
        self.pushed.load(Ordering::Relaxed)
    }

    /// Returns the number of bytes that are waiting.
    pub(crate) fn waiting(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }
}

fn cost(record: &[u8]) -> usize {
    record.len() + OVERHEAD
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
