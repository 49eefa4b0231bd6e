//! The work of the functions besides being traced: as little as the optimizer leaves in place.

use std::future::poll_fn;
use std::hint::black_box;
use std::mem;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// The error of a function that fails.
#[derive(Debug, thiserror::Error)]
#[error("the card was declined")]
pub(crate) struct Declined;

/// Uses the arguments.
pub(crate) fn look<T>(arguments: T) {
    black_box(arguments);
}

/// Uses the argument, and fails.
pub(crate) fn fail(id: i64) -> Result<(), Declined> {
    look(id);
    Err(black_box(Declined))
}

/// Waits once.
pub(crate) async fn yield_once() {
    let mut pending = true;
    poll_fn(|_| {
        if mem::take(&mut pending) {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    })
    .await;
}

/// Polls the future until it is ready.
pub(crate) fn drive(future: impl Future<Output = ()>) {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    while future.as_mut().poll(&mut context).is_pending() {}
}
