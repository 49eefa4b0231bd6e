//! Tests of the current span on other threads, in other tasks, and where branches are cancelled.

mod baggage;
mod futures;
mod threads;

use traced::traced;

#[traced]
fn outer<R>(f: impl FnOnce() -> R) -> R {
    f()
}

#[traced("outer")]
async fn outer_async<F: Future>(future: F) -> F::Output {
    future.await
}

#[traced(attributes(n))]
fn inner(n: usize) -> usize {
    n
}

#[traced("inner", attributes(n))]
async fn inner_async(n: usize) -> usize {
    tokio::task::yield_now().await;
    n
}

/// Adds an event to the current span when it is dropped.
struct Dropped(&'static str);

impl Drop for Dropped {
    fn drop(&mut self) {
        traced::add_event(self.0);
    }
}
