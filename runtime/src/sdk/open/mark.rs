//! Tells all threads whether a span is open, and collects what they do to it.
//!
//! # Protocol
//!
//! A mark serves one span after the other. Each span has a turn: an odd number, which is stored in
//! the mark while the span is open. The next even number says that the span has ended. So whoever
//! knows the turn of a span never takes another span for it.
//!
//! - Only the owner opens a span. It is closed by the owner, or by another thread that ends the
//!   span.
//! - Another thread writes its change under the lock, and only while the span has the turn.
//!   `changed` tells the owner that there is a change. The owner takes it under the lock, after
//!   closing the span: then every change that was begun is complete, and no other comes.
//! - `changed` is loaded with `Relaxed`: a change that happened before the end is seen because it
//!   happened before. A change at the same time may come too late for the span. It is left behind,
//!   and its turn says that it is not the next span's.
//!
//! `tests/race` compiles this file against a model checker.

use std::sync::PoisonError;

use crate::sdk::atomics::{AtomicU64, Mutex, MutexGuard, Ordering};

/// The mark of a span, with the changes `C` that other threads made.
#[derive(Debug, Default)]
pub(crate) struct Mark<C> {
    turn: AtomicU64,
    /// The turn of the last change.
    changed: AtomicU64,
    changes: Mutex<Slot<C>>,
}

#[derive(Debug, Default)]
struct Slot<C> {
    /// The turn of the span that the changes belong to.
    turn: u64,
    all: C,
}

impl<C: Reset> Mark<C> {
    /// Opens the next span, and returns its turn. Only the owner calls this.
    #[inline]
    pub(crate) fn open(&self) -> u64 {
        let turn = self.turn.load(Ordering::Relaxed) + 1;
        self.turn.store(turn, Ordering::Release);
        turn
    }

    #[inline]
    pub(crate) fn is_open(&self, turn: u64) -> bool {
        self.turn.load(Ordering::Acquire) == turn
    }

    /// Returns `true` if the span is open, and no other thread has left a change that is not taken
    /// yet.
    #[inline]
    pub(crate) fn is_untouched(&self, turn: u64) -> bool {
        self.is_open(turn) && !self.is_changed(turn)
    }

    /// Returns `true` if there are changes for the owner to take.
    #[inline]
    pub(crate) fn is_changed(&self, turn: u64) -> bool {
        self.changed.load(Ordering::Relaxed) == turn
    }

    /// Closes a span that no other thread can end at the same time. Only the owner calls this.
    #[inline]
    pub(crate) fn close(&self, turn: u64) {
        self.turn.store(turn + 1, Ordering::Release);
    }

    /// Writes a change, if the span is open. This is for all threads but the owner.
    pub(crate) fn change(&self, turn: u64, change: impl FnOnce(&mut C)) {
        let mut changes = lock(&self.changes);
        if self.is_open(turn) {
            changes.write(turn, change);
            self.changed.store(turn, Ordering::Relaxed);
        }
    }

    /// Closes the span and writes the last change, if it is open. Any thread may call this.
    pub(crate) fn end(&self, turn: u64, change: impl FnOnce(&mut C)) {
        let mut changes = lock(&self.changes);
        let closed = turn + 1;
        let order = (Ordering::AcqRel, Ordering::Relaxed);
        if self
            .turn
            .compare_exchange(turn, closed, order.0, order.1)
            .is_ok()
        {
            changes.write(turn, change);
            self.changed.store(turn, Ordering::Relaxed);
        }
    }

    /// Calls `take` with the changes, if there are any. Only the owner calls this.
    pub(crate) fn take<R>(&self, turn: u64, take: impl FnOnce(&mut C) -> R) -> Option<R> {
        let mut changes = lock(&self.changes);
        (changes.turn == turn).then(|| {
            changes.turn = 0;
            self.changed.store(0, Ordering::Relaxed);
            take(&mut changes.all)
        })
    }

    /// Prepares the memory that changes are written to. Only the owner calls this.
    pub(crate) fn prepare(&self, prepare: impl FnOnce(&mut C)) {
        prepare(&mut lock(&self.changes).all);
    }
}

/// Changes that can be forgotten.
pub(crate) trait Reset {
    fn reset(&mut self);
}

impl<C: Reset> Slot<C> {
    fn write(&mut self, turn: u64, change: impl FnOnce(&mut C)) {
        if self.turn != turn {
            self.turn = turn;
            self.all.reset();
        }
        change(&mut self.all);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing panics under the lock. If something did, the changes would still be usable.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
