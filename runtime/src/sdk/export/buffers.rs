//! The buffers in which ended spans wait for the background thread: a ring for each thread, and a
//! shared queue for what does not fit there.
//!
//! `tests/race` compiles this file against a model checker.

use std::cell::RefCell;
use std::sync::atomic;

use super::overflow::{Overflow, lock};
use super::ring::{Consumer, Gauge, Producer, ring};
use crate::sdk::atomics::{AtomicBool, AtomicUsize, Mutex, Ordering};
use crate::sdk::atomics::{RINGS_PER_SPAN, SMALLEST};

/// The size of the largest ring in bytes.
const LARGEST: usize = 1024 * 1024;
/// The maximum size of all rings together, in bytes.
const RINGS: usize = 8 * 1024 * 1024;
/// The maximum size of the queue that all threads share, in bytes. Memory for adaptive sampling is
/// taken from it.
const SHARED: usize = 40 * 1024 * 1024;

/// The maximum number of used buffers that a thread keeps for spans that are started through the
/// OpenTelemetry API.
const SPARE: usize = 32;
/// The maximum size of such a buffer, in bytes.
const SPARE_BYTES: usize = 4 * 1024;
/// The initial size of a buffer in bytes, which is enough for most spans.
const USUAL: usize = 256;

/// The rings of a thread, one for each provider whose spans it has ended. An entry is `None` if
/// there was no room for a ring.
#[derive(Default)]
pub(crate) struct Rings(RefCell<Vec<(usize, Option<Producer>)>>);

/// The memory of records that were handed over, for the next records.
#[derive(Default)]
pub(crate) struct Memory(RefCell<Vec<Vec<u8>>>);

impl Memory {
    /// Returns the memory of an earlier record, if any is kept.
    pub(crate) fn take(&self) -> Option<Vec<u8>> {
        self.0.borrow_mut().pop()
    }

    /// Keeps the memory of a record that was handed over, unless it is large or enough is kept
    /// already.
    pub(crate) fn keep(&self, memory: Vec<u8>) {
        let mut spare = self.0.borrow_mut();
        if spare.len() < SPARE && memory.capacity() <= SPARE_BYTES {
            spare.push(memory);
        }
    }
}

/// Returns new memory for a record.
pub(crate) fn fresh() -> Vec<u8> {
    Vec::with_capacity(USUAL)
}

/// The buffers of one provider.
pub(crate) struct Buffers {
    id: usize,
    /// The number of bytes that new rings may still take.
    left: AtomicUsize,
    fresh: Mutex<Vec<Consumer>>,
    gauges: Mutex<Gauges>,
    /// The number of bytes that the background thread has taken out of a ring and is reading.
    in_hand: AtomicUsize,
    overflow: Overflow,
    /// `true` if the background thread was called since it last looked.
    is_called: AtomicBool,
}

/// The gauges of the rings, for any thread.
#[derive(Default)]
struct Gauges {
    rings: Vec<Gauge>,
    /// The number of records that were pushed to rings that are gone.
    gone: u64,
}

/// What became of a record that was handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pushed {
    Kept,
    /// The record was kept, and the background thread should be called because the buffer is
    /// filling up.
    KeptFillingUp,
    Dropped,
}

impl Buffers {
    /// Creates buffers with room for at least `spans` spans of any size, as far as the bytes
    /// suffice. Adaptive sampling takes `taken` bytes from the shared queue, but at most half of
    /// it.
    pub(crate) fn new(spans: usize, taken: usize) -> Buffers {
        static NEXT: atomic::AtomicUsize = atomic::AtomicUsize::new(0);
        Buffers {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            left: AtomicUsize::new(spans.saturating_mul(RINGS_PER_SPAN).min(RINGS)),
            fresh: Mutex::default(),
            gauges: Mutex::default(),
            in_hand: AtomicUsize::new(0),
            overflow: Overflow::new(spans, SHARED - taken.min(SHARED / 2)),
            is_called: AtomicBool::new(false),
        }
    }

    /// Returns the number of the provider, which no other provider in this process has.
    pub(crate) fn number(&self) -> usize {
        self.id
    }

    /// Hands over a span that has ended. `rings` are those of the thread, or `None` if the thread
    /// is ending. This never waits for room.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "is part of the end of a span")]
    pub(crate) fn push(&self, rings: Option<&Rings>, record: &[u8]) -> Pushed {
        match rings.and_then(|rings| rings.push(self, record)) {
            Some(is_filling_up) => self.kept(is_filling_up),
            None => self.push_shared(record),
        }
    }

    /// Hands over a span whose thread has no ring, or a full one.
    #[cold]
    #[inline(never)]
    fn push_shared(&self, record: &[u8]) -> Pushed {
        match self.overflow.push(record) {
            Some(is_filling_up) => self.kept(is_filling_up),
            None => Pushed::Dropped,
        }
    }

    #[inline]
    fn kept(&self, is_filling_up: bool) -> Pushed {
        if is_filling_up && !self.is_called.swap(true, Ordering::AcqRel) {
            Pushed::KeptFillingUp
        } else {
            Pushed::Kept
        }
    }

    /// Creates a ring of a sixteenth of the bytes that are left, within the limits of a ring's
    /// size. So a few threads get large rings, and many threads get small ones. Returns `None` if
    /// there is no room for the smallest ring.
    fn new_ring(&self) -> Option<Producer> {
        let size = |left: usize| (left / 16).clamp(SMALLEST, LARGEST);
        let left = self
            .left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(size(left))
            })
            .ok()?;
        let (producer, consumer) = ring(size(left));
        let unused = size(left) - consumer.capacity();
        self.left.fetch_add(unused, Ordering::Relaxed);
        lock(&self.gauges).rings.push(consumer.gauge());
        lock(&self.fresh).push(consumer);
        Some(producer)
    }

    /// Returns the number of spans that were handed over so far and were not dropped.
    pub(crate) fn pushed(&self) -> u64 {
        let gauges = lock(&self.gauges);
        let rings = gauges.rings.iter().map(Gauge::pushed);
        gauges.gone + rings.sum::<u64>() + self.overflow.pushed()
    }

    /// Returns the number of bytes that are waiting.
    pub(crate) fn waiting(&self) -> usize {
        let rings: usize = lock(&self.gauges).rings.iter().map(Gauge::waiting).sum();
        rings + self.in_hand.load(Ordering::Relaxed) + self.overflow.waiting()
    }
}

impl Rings {
    /// Pushes a record to this thread's ring for `buffers`. Returns `Some(true)` if the ring is
    /// filling up, or `None` if there is no ring or no room in it.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "is part of the end of a span")]
    fn push(&self, buffers: &Buffers, record: &[u8]) -> Option<bool> {
        let mut rings = self.0.borrow_mut();
        // There is nearly always only one provider.
        match rings.first_mut() {
            Some((id, Some(ring))) if *id == buffers.id => ring.push(record),
            _ => ring_of(&mut rings, buffers)?.push(record),
        }
    }
}

#[cold]
fn ring_of<'r>(
    rings: &'r mut Vec<(usize, Option<Producer>)>,
    buffers: &Buffers,
) -> Option<&'r mut Producer> {
    let known = rings.iter().position(|(id, _)| *id == buffers.id);
    let index = known.unwrap_or_else(|| {
        let is_in_use =
            |ring: &Option<Producer>| ring.as_ref().is_none_or(|ring| !ring.is_abandoned());
        rings.retain(|(_, ring)| is_in_use(ring));
        rings.push((buffers.id, buffers.new_ring()));
        rings.len() - 1
    });
    rings[index].1.as_mut()
}

/// The background thread's end of the buffers.
#[derive(Default)]
pub(crate) struct Drain {
    rings: Vec<Consumer>,
    /// The records of one ring. They are copied so that the ring is free again at once.
    spans: Vec<u8>,
}

impl Drain {
    /// Calls `read` with all spans that were handed over before. `read` only sees whole spans,
    /// because each span is handed over at once.
    pub(crate) fn pass(&mut self, buffers: &Buffers, mut read: impl FnMut(&[u8])) {
        // A mere store would not do: this must see what threads handed over before they saw the
        // flag set, and so did not call again.
        buffers.is_called.swap(false, Ordering::AcqRel);
        self.rings.append(&mut lock(&buffers.fresh));
        for ring in &mut self.rings {
            let spans = ring.take_all(&mut self.spans);
            buffers.in_hand.store(spans.len(), Ordering::Relaxed);
            read(spans);
        }
        buffers.in_hand.store(0, Ordering::Relaxed);
        buffers.overflow.pass(read);
        self.give_back(buffers);
    }

    /// Gives back the bytes of the rings whose threads have ended.
    fn give_back(&mut self, buffers: &Buffers) {
        let mut is_any_over = false;
        self.rings.retain(|ring| {
            let is_over = ring.is_over();
            if is_over {
                buffers.left.fetch_add(ring.capacity(), Ordering::Relaxed);
                is_any_over = true;
            }
            !is_over
        });
        if is_any_over {
            lock(&buffers.gauges).forget_abandoned();
        }
    }
}

impl Gauges {
    /// Forgets the rings that have lost both ends, but keeps count of the records that were pushed
    /// to them.
    fn forget_abandoned(&mut self) {
        let gone = self.rings.extract_if(.., |gauge| gauge.is_last());
        self.gone += gone.map(|gauge| gauge.pushed()).sum::<u64>();
    }
}
