//! Whether a span is open, for all threads to see, and what others than its owner do to it.
//!
//! # Protocol
//!
//! A mark serves one span after the other. Each has a turn: an odd number, which is the mark's
//! while the span is open; the next even one says that it is over. So nobody who knows the turn of
//! a span takes another one for it.
//!
//! - The owner alone opens. It closes, or anybody who ends the span in its place does.
//! - A change of others is written below the lock, and only while the turn is theirs. The owner
//!   sees by `changed` that there is one, and takes it below the lock after it has closed: what was
//!   begun before is complete then, and nothing comes after.
//! - `changed` is loaded without an order of its own: a change that happened before the end is seen
//!   because it happened before. One at the same time may be too late for the span; it is left
//!   behind, and the turn says that it is not the next span's.
//!
//! `tests/race` compiles this file against a model checker.

use std::sync::PoisonError;

use crate::sdk::atomics::{AtomicU64, Mutex, MutexGuard, Ordering};

/// The place of a span, with the changes `C` that others than the owner made.
#[derive(Debug, Default)]
pub(crate) struct Mark<C> {
    turn: AtomicU64,
    /// The turn of the last change.
    changed: AtomicU64,
    changes: Mutex<Changes<C>>,
}

#[derive(Debug, Default)]
struct Changes<C> {
    /// Whose they are.
    turn: u64,
    all: C,
}

impl<C: Reset> Mark<C> {
    /// Opens the next span. For the owner.
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

    /// Returns whether nobody but the owner did anything.
    #[inline]
    pub(crate) fn is_untouched(&self, turn: u64) -> bool {
        self.is_open(turn) && !self.is_changed(turn)
    }

    /// Returns whether there are changes for the owner to take.
    #[inline]
    pub(crate) fn is_changed(&self, turn: u64) -> bool {
        self.changed.load(Ordering::Relaxed) == turn
    }

    /// Closes a span that only its owner would. For the owner.
    #[inline]
    pub(crate) fn close(&self, turn: u64) {
        self.turn.store(turn + 1, Ordering::Release);
    }

    /// Changes the span if it is open. For others than the owner.
    pub(crate) fn change(&self, turn: u64, change: impl FnOnce(&mut C)) {
        let mut changes = lock(&self.changes);
        if self.is_open(turn) {
            changes.write(turn, change);
            self.changed.store(turn, Ordering::Relaxed);
        }
    }

    /// Does the last change to the span, if it is open. For others than the owner.
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

    /// Gives the changes to `take`, if there are any. For the owner.
    pub(crate) fn take<R>(&self, turn: u64, take: impl FnOnce(&mut C) -> R) -> Option<R> {
        let mut changes = lock(&self.changes);
        (changes.turn == turn).then(|| {
            changes.turn = 0;
            self.changed.store(0, Ordering::Relaxed);
            take(&mut changes.all)
        })
    }

    /// Prepares what the changes are written to. For the owner.
    pub(crate) fn prepare(&self, prepare: impl FnOnce(&mut C)) {
        prepare(&mut lock(&self.changes).all);
    }
}

/// Changes that can be forgotten.
pub(crate) trait Reset {
    fn reset(&mut self);
}

impl<C: Reset> Changes<C> {
    fn write(&mut self, turn: u64, change: impl FnOnce(&mut C)) {
        if self.turn != turn {
            self.turn = turn;
            self.all.reset();
        }
        change(&mut self.all);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing below the lock panics; if something did, what it left is as good as what it found.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
