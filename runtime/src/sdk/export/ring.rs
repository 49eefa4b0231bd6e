//! A ring of words that one thread writes and another thread reads, without locks.
//!
//! # Invariants
//!
//! - Both positions count words and only grow (wrapping). `head <= tail <= head + words.len()`.
//! - Only the writer moves `tail`, and only over words that it has stored. It publishes them by
//!   storing `tail` with `Release`.
//! - Only the reader moves `head`, and only up to a `tail` that it has loaded with `Acquire`. It
//!   gives the words back by storing `head` with `Release`, and the writer loads it with `Acquire`
//!   before it stores into them again.
//! - Each record is published as a whole, so the reader never sees a part of one.
//!
//! The words are atomics because the compiler cannot check these invariants. They are stored and
//! loaded with `Relaxed`, which costs no more than plain memory. `tests/race` compiles this file
//! against a model checker.

use crate::sdk::atomics::{Arc, AtomicBool, AtomicU64, AtomicUsize, Ordering};

/// The size of a word in bytes. A ring takes and gives whole words.
const WORD: usize = 8;

/// The positions of the two ends. They are kept apart from the words, so that counts can still be
/// read when the words are gone.
#[derive(Debug)]
struct Ends {
    head: Apart<AtomicUsize>,
    tail: Apart<AtomicUsize>,
    /// The number of records that were pushed.
    pushed: Apart<AtomicU64>,
    /// `true` if one of the ends is gone.
    is_abandoned: AtomicBool,
}

/// A value on its own cache line, so that the two threads do not compete for one.
#[derive(Debug)]
#[repr(align(128))]
struct Apart<T>(T);

/// The words of a ring. Their number is a power of two.
#[derive(Debug)]
struct Words(Box<[AtomicU64]>);

/// The end that writes.
#[derive(Debug)]
pub(crate) struct Producer {
    ends: Arc<Ends>,
    words: Arc<Words>,
    tail: usize,
    pushed: u64,
    /// The position of the reader when the writer last looked.
    head: usize,
}

/// The end that reads.
#[derive(Debug)]
pub(crate) struct Consumer {
    ends: Arc<Ends>,
    words: Arc<Words>,
    head: usize,
}

/// Creates a ring of `bytes` bytes, rounded down to a power of two.
pub(crate) fn ring(bytes: usize) -> (Producer, Consumer) {
    let words = 1 << (bytes / WORD).max(1).ilog2();
    let words = Arc::new(Words((0..words).map(|_| AtomicU64::new(0)).collect()));
    let ends = Arc::new(Ends {
        head: Apart(AtomicUsize::new(0)),
        tail: Apart(AtomicUsize::new(0)),
        pushed: Apart(AtomicU64::new(0)),
        is_abandoned: AtomicBool::new(false),
    });
    let producer = Producer {
        ends: Arc::clone(&ends),
        words: Arc::clone(&words),
        tail: 0,
        pushed: 0,
        head: 0,
    };
    let head = 0;
    (producer, Consumer { ends, words, head })
}

impl Words {
    fn capacity(&self) -> usize {
        self.0.len() * WORD
    }

    /// Returns the index of a position.
    #[inline]
    fn place(&self, position: usize) -> usize {
        position & (self.0.len() - 1)
    }
}

impl Producer {
    /// Writes a record of whole words. Returns `Some(true)` if more than half of the room is taken
    /// afterwards, or `None` if there is no room for the record.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "is part of the end of a span")]
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Option<bool> {
        debug_assert!(bytes.len().is_multiple_of(WORD), "these are whole words");
        let count = bytes.len() / WORD;
        let next = self.tail.wrapping_add(count);
        // This relies on the reader's position when the writer last looked, and looks again only if
        // more than half of the room seems to be taken.
        let is_filling_up = self.is_much(next) && self.is_filling_up(next)?;
        let start = self.words.place(self.tail);
        match self.words.0.get(start..start + count) {
            Some(places) => store(places, bytes),
            None => self.push_around(start, bytes),
        }
        self.tail = next;
        self.pushed += 1;
        // This comes before `tail`: whoever sees the record must find it counted.
        self.ends.pushed.0.store(self.pushed, Ordering::Relaxed);
        self.ends.tail.0.store(next, Ordering::Release);
        Some(is_filling_up)
    }

    /// Returns `true` if more than half of the room is taken when `tail` is at `next`.
    #[inline]
    fn is_much(&self, next: usize) -> bool {
        next.wrapping_sub(self.head) > self.words.0.len() / 2
    }

    /// Looks where the reader is, and returns what [`is_much`](Producer::is_much) does, or `None`
    /// if there is no room.
    #[cold]
    fn is_filling_up(&mut self, next: usize) -> Option<bool> {
        self.head = self.ends.head.0.load(Ordering::Acquire);
        (next.wrapping_sub(self.head) <= self.words.0.len()).then(|| self.is_much(next))
    }

    #[cold]
    fn push_around(&self, start: usize, bytes: &[u8]) {
        let end = &self.words.0[start..];
        let (first, second) = bytes.split_at(end.len() * WORD);
        store(end, first);
        store(&self.words.0, second);
    }

    /// Returns `true` if the reader is gone.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.ends.is_abandoned.load(Ordering::Relaxed)
    }
}

impl Drop for Producer {
    fn drop(&mut self) {
        self.ends.is_abandoned.store(true, Ordering::Release);
    }
}

impl Consumer {
    /// Replaces the contents of `bytes` with everything that can be read now. It looks only once:
    /// following a thread that goes on writing would slow that thread down.
    pub(crate) fn take_all<'b>(&mut self, bytes: &'b mut Vec<u8>) -> &'b [u8] {
        let tail = self.ends.tail.0.load(Ordering::Acquire);
        let count = tail.wrapping_sub(self.head);
        if bytes.len() < count * WORD {
            bytes.resize(count * WORD, 0);
        }
        let bytes = &mut bytes[..count * WORD];
        let words = &self.words.0;
        let start = self.words.place(self.head);
        let first = count.min(words.len() - start);
        let (before, behind) = bytes.split_at_mut(first * WORD);
        load(&words[start..], before);
        load(words, behind);
        self.head = tail;
        self.ends.head.0.store(tail, Ordering::Release);
        bytes
    }

    /// Returns a gauge, for other threads.
    pub(crate) fn gauge(&self) -> Gauge {
        let ends = Arc::clone(&self.ends);
        Gauge { ends }
    }

    pub(crate) fn capacity(&self) -> usize {
        self.words.capacity()
    }

    /// Returns `true` if nothing is left to read and the writer is gone.
    pub(crate) fn is_over(&self) -> bool {
        // The order of the loads matters: if the writer is gone, everything it has pushed is seen.
        self.ends.is_abandoned.load(Ordering::Acquire)
            && self.ends.tail.0.load(Ordering::Acquire) == self.head
    }
}

/// A handle that measures a ring, from any thread.
#[derive(Debug)]
pub(crate) struct Gauge {
    ends: Arc<Ends>,
}

impl Gauge {
    /// Returns how many bytes wait.
    pub(crate) fn waiting(&self) -> usize {
        let head = self.ends.head.0.load(Ordering::Acquire);
        let tail = self.ends.tail.0.load(Ordering::Acquire);
        tail.wrapping_sub(head) * WORD
    }

    /// Returns `true` if both ends are gone.
    pub(crate) fn is_last(&self) -> bool {
        Arc::strong_count(&self.ends) == 1
    }

    /// Returns how many records were pushed.
    pub(crate) fn pushed(&self) -> u64 {
        self.ends.pushed.0.load(Ordering::Relaxed)
    }
}

impl Drop for Consumer {
    fn drop(&mut self) {
        self.ends.is_abandoned.store(true, Ordering::Release);
    }
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "see `Producer::push`")]
fn store(places: &[AtomicU64], bytes: &[u8]) {
    let (words, _) = bytes.as_chunks::<WORD>();
    // This stores eight words at a time, which takes fewer steps. The places are split where the
    // words are, since there may be more places than words.
    let (many, rest) = words.as_chunks::<8>();
    let (places_of_many, places) = places.split_at(many.len() * 8);
    for (places, words) in places_of_many.as_chunks::<8>().0.iter().zip(many) {
        store_each(places, words);
    }
    store_each(places, rest);
}

#[inline]
fn store_each(places: &[AtomicU64], words: &[[u8; WORD]]) {
    for (place, word) in places.iter().zip(words) {
        place.store(u64::from_ne_bytes(*word), Ordering::Relaxed);
    }
}

#[inline]
fn load(places: &[AtomicU64], bytes: &mut [u8]) {
    let (words, _) = bytes.as_chunks_mut::<WORD>();
    for (place, word) in places.iter().zip(words) {
        *word = place.load(Ordering::Relaxed).to_ne_bytes();
    }
}
