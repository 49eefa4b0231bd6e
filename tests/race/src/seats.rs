//! The places from which each thread takes what another one began.

use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{self, Waker};

use opentelemetry::trace::Span as _;
use opentelemetry::{Context, KeyValue};
use traced::sdk::Span;

use crate::others::{KEYS, change};
use crate::plan::{checksum, polls};

/// The number of threads that call traced functions.
pub(crate) const THREADS: u64 = 4;

/// The place of a thread.
#[derive(Default)]
pub(crate) struct Seat {
    /// The number of its spans that others have changed as planned.
    pub(crate) done: AtomicU64,
    pub(crate) is_over: AtomicBool,
    futures: Mutex<Vec<Moving>>,
    by_hand: Mutex<Vec<(u64, Span)>>,
}

/// A future of a traced function that goes from thread to thread.
pub(crate) struct Moving {
    pub(crate) number: u64,
    pub(crate) future: Pin<Box<dyn Future<Output = ()> + Send>>,
    pub(crate) context: Arc<Mutex<Context>>,
    pub(crate) polled: u64,
}

impl Moving {
    /// Polls the future once. Returns it if it is not ready.
    pub(crate) fn poll(mut self) -> Option<Moving> {
        self.polled += 1;
        let mut context = task::Context::from_waker(Waker::noop());
        let poll = self.future.as_mut().poll(&mut context);
        poll.is_pending().then_some(self)
    }

    /// Changes the span, and polls the future or drops it.
    fn go_on(self) -> Option<Moving> {
        let context = lock(&self.context).clone();
        change(&context, KEYS[0], self.number, self.polled);
        if self.polled < polls(self.number) {
            return self.poll();
        }
        let number = self.number;
        drop(self);
        change(&context, "late", number, 1);
        None
    }
}

impl Seat {
    pub(crate) fn hand(&self, moving: Moving) {
        lock(&self.futures).push(moving);
    }

    pub(crate) fn hand_span(&self, number: u64, span: Span) {
        lock(&self.by_hand).push((number, span));
    }

    /// Continues everything at this place. What is not finished goes to the `next` thread.
    pub(crate) fn take_over(&self, next: &Seat) {
        for (number, mut span) in take(&self.by_hand) {
            span.set_attribute(KeyValue::new("own", checksum(number, 0)));
        }
        for moving in take(&self.futures) {
            if let Some(moving) = moving.go_on() {
                next.hand(moving);
            }
        }
    }

    fn is_empty(&self) -> bool {
        lock(&self.by_hand).is_empty() && lock(&self.futures).is_empty()
    }
}

/// Continues what the threads have left until everything is finished.
pub(crate) fn finish(seats: &[Seat]) {
    while !seats.iter().all(Seat::is_empty) {
        for seat in seats {
            seat.take_over(seat);
        }
    }
}

/// Takes everything out of a place. The lock is held only while this happens.
fn take<T>(place: &Mutex<Vec<T>>) -> Vec<T> {
    mem::take(&mut *lock(place))
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
