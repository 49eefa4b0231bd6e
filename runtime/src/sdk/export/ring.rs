//! A ring of words that one thread writes and another one reads, without locks.
//!
//! # Invariants
//!
//! - Both positions count words and only grow (wrapping). `head <= tail <= head + words.len()`.
//! - Only the writer moves `tail`, and only forward over words that it has stored. It publishes them by storing `tail` with `Release`.
//! - Only the reader moves `head`, and only up to a `tail` that it has loaded with `Acquire`. It gives the words back by
//!   storing `head` with `Release`, and the writer loads it with `Acquire` before it stores into them again.
//! - What is pushed at once is published at once, so the reader never sees a part of it.
//!
//! The words are atomic because the compiler cannot know all this: each of them is stored and loaded like plain memory.
//! `tests/race` compiles this file against a model checker.

use crate::sdk::atomics::{Arc, AtomicBool, AtomicU64, AtomicUsize, Ordering};

/// The bytes of a word, which is what a ring takes and gives.
const WORD: usize = 8;

/// Where the two ends are, apart from the words, which go when the ends do.
#[derive(Debug)]
struct Ends {
    head: Apart<AtomicUsize>,
    tail: Apart<AtomicUsize>,
    /// How often something was pushed.
    pushed: Apart<AtomicU64>,
    /// Whether one of the ends is gone.
    is_abandoned: AtomicBool,
}

/// What is on a cache line of its own: the two threads would take it from each other.
#[derive(Debug)]
#[repr(align(128))]
struct Apart<T>(T);

/// As many words as a power of two.
#[derive(Debug)]
struct Words(Box<[AtomicU64]>);

/// The end that writes.
#[derive(Debug)]
pub(crate) struct Producer {
    ends: Arc<Ends>,
    words: Arc<Words>,
    tail: usize,
    pushed: u64,
    /// Where the reader was when it was last looked for.
    head: usize,
}

/// The end that reads.
#[derive(Debug)]
pub(crate) struct Consumer {
    ends: Arc<Ends>,
    words: Arc<Words>,
    head: usize,
}

/// Makes a ring of `bytes` bytes, or of as many fewer as make a power of two.
pub(crate) fn ring(bytes: usize) -> (Producer, Consumer) {
    let words = 1 << (bytes / WORD).max(1).ilog2();
    let words = Arc::new(Words((0..words).map(|_| AtomicU64::new(0)).collect()));
    let position = || Apart(AtomicUsize::new(0));
    let ends = Arc::new(Ends {
        head: position(),
        tail: position(),
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

    /// The place of a position.
    #[inline]
    fn place(&self, position: usize) -> usize {
        position & (self.0.len() - 1)
    }
}

impl Producer {
    /// Writes all bytes if there is room for them, and returns whether more than half of the room is taken then; else writes
    /// none, and returns `None`. They are whole words.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is part of the end of a span")]
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Option<bool> {
        debug_assert!(bytes.len().is_multiple_of(WORD), "these are whole words");
        let count = bytes.len() / WORD;
        let next = self.tail.wrapping_add(count);
        // As far as was seen; only if that is much, the reader is looked for.
        let is_filling_up = self.is_much(next) && self.is_filling_up(next)?;
        let start = self.words.place(self.tail);
        match self.words.0.get(start..start + count) {
            Some(places) => store(places, bytes),
            None => self.push_around(start, bytes),
        }
        self.tail = next;
        self.pushed += 1;
        // Before what is pushed can be seen: whoever saw it counts it.
        self.ends.pushed.0.store(self.pushed, Ordering::Relaxed);
        self.ends.tail.0.store(next, Ordering::Release);
        Some(is_filling_up)
    }

    /// Returns whether more than half of the room is taken up to there, or there is none.
    #[inline]
    fn is_much(&self, next: usize) -> bool {
        next.wrapping_sub(self.head) > self.words.0.len() / 2
    }

    /// Looks for the reader; `None` if there is no room up to there.
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

    /// Returns whether nobody reads any more.
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
    /// Takes all that there is now, over what `bytes` held. One look at how much: following a thread that goes on writing would
    /// slow it down.
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

    /// For looks from other threads.
    pub(crate) fn gauge(&self) -> Gauge {
        let ends = Arc::clone(&self.ends);
        Gauge { ends }
    }

    pub(crate) fn capacity(&self) -> usize {
        self.words.capacity()
    }

    /// Returns whether nothing waits, and nothing will.
    pub(crate) fn is_over(&self) -> bool {
        // In this order: what the writer pushed before it went can be seen.
        self.ends.is_abandoned.load(Ordering::Acquire)
            && self.ends.tail.0.load(Ordering::Acquire) == self.head
    }
}

/// A look at a ring, from any thread.
#[derive(Debug)]
pub(crate) struct Gauge {
    ends: Arc<Ends>,
}

impl Gauge {
    /// The bytes that wait.
    pub(crate) fn waiting(&self) -> usize {
        let head = self.ends.head.0.load(Ordering::Acquire);
        let tail = self.ends.tail.0.load(Ordering::Acquire);
        tail.wrapping_sub(head) * WORD
    }

    /// Returns whether both ends are gone.
    pub(crate) fn is_last(&self) -> bool {
        Arc::strong_count(&self.ends) == 1
    }

    /// How often something was pushed.
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
    // Many at once, which is less to be counted. Both are cut where the words end, since there may be more places.
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
