//! Ended spans that found no place in a ring: the end of a burst, large ones, those of threads without a ring.

use std::collections::VecDeque;
use std::mem;
use std::sync::PoisonError;

use crate::sdk::atomics::{AtomicU64, AtomicUsize, Mutex, MutexGuard, Ordering};
use crate::sdk::record::layout::is_error;

/// The bytes that small spans may take here, however many they are.
const SMALL_CHANGE: usize = 4 * 1024 * 1024;
/// What a record costs beside its bytes.
const OVERHEAD: usize = 64;

/// The bytes that are left to spans that ended with an error when there is no room for others.
const RESERVE: usize = 4 * 1024 * 1024;

/// A queue that all threads share, bounded by spans and by bytes.
pub(crate) struct Overflow {
    /// What may wait. Spans that ended with an error may take the reserve beside it.
    most_spans: usize,
    most_bytes: usize,
    pushed: AtomicU64,
    records: Mutex<VecDeque<Vec<u8>>>,
    /// What waits, with what the background thread has in hand.
    spans: AtomicUsize,
    bytes: AtomicUsize,
}

impl Overflow {
    /// For so many spans, and for so many bytes, the reserve among them.
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

    /// Takes the record if there is room for it; says whether half of the room is taken, `None` if all is.
    pub(crate) fn push(&self, record: &[u8]) -> Option<bool> {
        let mut records = lock(&self.records);
        // Only the holder of the lock raises them.
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

    /// Gives `read` all that waits now; its room is free again when it has been read.
    pub(crate) fn pass(&self, mut read: impl FnMut(&[u8])) {
        let records = mem::take(&mut *lock(&self.records));
        for record in records {
            read(&record);
            self.spans.fetch_sub(1, Ordering::Relaxed);
            self.bytes.fetch_sub(cost(&record), Ordering::Relaxed);
        }
    }

    /// How many records were taken so far.
    pub(crate) fn pushed(&self) -> u64 {
        self.pushed.load(Ordering::Relaxed)
    }

    /// The bytes that wait.
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
