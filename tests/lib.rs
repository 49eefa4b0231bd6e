//! Helpers that the tests share.

pub mod services;
pub mod w3c;

use std::future::Future;
use std::pin::pin;
use std::process::Command;
use std::task::{Context, Poll, Waker};

use opentelemetry_sdk::trace::SpanData;
use traced::testing::{Capture, Tree};

/// Returns the trace of `f`.
pub fn tree<R>(f: impl FnOnce() -> R) -> Tree {
    let capture = Capture::new();
    capture.run(f);
    capture.tree()
}

/// Runs `future` to its end on this thread, and returns its trace.
pub fn tree_async<F: Future>(future: F) -> Tree {
    let capture = Capture::new();
    block_on(capture.run_async(future));
    capture.tree()
}

/// Runs a future on a current-thread runtime.
///
/// # Panics
///
/// Panics if no runtime can be created.
pub fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(future)
}

/// Polls a future until it is ready, without a runtime.
pub fn block_on_spinning<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut task = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut task) {
            return output;
        }
    }
}

/// Returns the value of a span's attribute, as text.
#[must_use]
pub fn attribute(span: &SpanData, key: &str) -> Option<String> {
    let found = span
        .attributes
        .iter()
        .find(|attribute| attribute.key.as_str() == key);
    found.map(|attribute| attribute.value.to_string())
}

/// Returns the command that runs a program which cargo has built, by its path in the folder of the
/// build.
///
/// # Panics
///
/// Panics outside of a test.
#[must_use]
pub fn built(path: &str) -> Command {
    let test = std::env::current_exe().expect("the test's path");
    let folder = test.ancestors().nth(2).expect("the build folder");
    Command::new(folder.join(path))
}
