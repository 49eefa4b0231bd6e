//! Tests of `tracing` spans, events and log lines in the traces of `#[traced]`.

mod events;
mod lines;
mod logs;
mod moving;
mod nesting;

use std::future::Future;

use traced::testing::Capture;
use traced::tracing::{events, spans};
use tracing::{Dispatch, Subscriber};
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry;

/// Returns a subscriber with both layers.
fn both() -> impl Subscriber + Send + Sync {
    registry().with(spans()).with(events())
}

/// Returns the trace of `f` under this subscriber.
fn tree(subscriber: impl Into<Dispatch>, f: impl FnOnce()) -> String {
    let capture = Capture::new();
    tracing::dispatcher::with_default(&subscriber.into(), || capture.run(f));
    capture.tree().into()
}

/// Returns the trace of `future` under a subscriber with both layers.
fn tree_async(future: impl Future<Output = ()>) -> String {
    tree(both(), || {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.expect("a runtime").block_on(future);
    })
}
