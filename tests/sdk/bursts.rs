//! Tests that as many spans can wait as the queue has room for, of any size and from any threads.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

use opentelemetry::KeyValue;
use opentelemetry::trace::{Span as _, Tracer as _, TracerProvider as _};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use traced::sdk::{AdaptiveSampling, Stats, TracerProvider, TracerProviderBuilder};

use crate::exporters::Counted;

/// An exporter that takes nothing before it is released.
#[derive(Debug)]
struct Held {
    begun: Sender<()>,
    go: Arc<Mutex<Receiver<()>>>,
    counted: Counted,
}

impl SpanExporter for Held {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let _ = self.begun.send(());
        // Nobody sends: it ends when the sender is gone.
        let _ = self.go.lock().expect("no test panics here").recv();
        self.counted.export(batch).await
    }
}

/// Returns what becomes of a burst on `threads` threads at once, of `spans` spans in total with
/// `bytes` of text each, while the exporter is busy.
fn burst(
    configured: impl FnOnce(TracerProviderBuilder<Held>) -> TracerProviderBuilder<Held>,
    threads: usize,
    spans: usize,
    bytes: usize,
) -> Stats {
    let (begun, has_begun) = channel();
    let (let_go, go) = channel();
    let held = Held {
        begun,
        go: Arc::new(Mutex::new(go)),
        counted: Counted::default(),
    };
    let provider = configured(TracerProvider::builder().with_exporter(held)).build();
    let tracer = provider.tracer("t");
    drop(tracer.start("keeps the exporter busy"));
    thread::scope(|scope| {
        scope.spawn(|| provider.force_flush());
        has_begun.recv().expect("the exporter is called");
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    for _ in 0..spans / threads {
                        let mut span = tracer.start("a");
                        span.set_attribute(KeyValue::new("text", "x".repeat(bytes)));
                    }
                });
            }
        });
        drop(let_go);
    });
    provider.shutdown().expect("the exporter takes all");
    provider.stats()
}

fn assert_all_arrive(threads: usize, spans: usize, bytes: usize) {
    let stats = burst(|builder| builder, threads, spans, bytes);
    assert_eq!(stats.dropped.total(), 0, "{threads} threads, {bytes} bytes");
    assert_eq!(stats.exported, spans as u64 + 1);
}

#[test]
fn a_burst_of_one_thread_arrives() {
    assert_all_arrive(1, 2_000, 500);
    assert_all_arrive(1, 2_000, 1_000);
    assert_all_arrive(1, 2_048, 16_000);
}

#[test]
fn a_burst_of_many_threads_arrives() {
    assert_all_arrive(256, 2_048, 4_000);
}

/// A ring of 16 KiB, as late threads have, is too small for any of these.
#[test]
fn large_spans_arrive_from_any_thread() {
    assert_all_arrive(100, 100, 100_000);
}

#[test]
fn the_queue_is_as_long_as_was_asked_for() {
    let stats = burst(
        |builder| builder.with_max_queue_size(30_000),
        1,
        30_000,
        1_000,
    );
    assert_eq!(stats.dropped.total(), 0);
}

/// 80 MB, of which 40 MiB wait.
#[test]
fn what_is_over_the_bytes_is_dropped_and_counted() {
    let stats = burst(|builder| builder, 4, 2_000, 40_000);
    assert!(stats.dropped.buffer_full > 0, "{stats:?}");
    assert_eq!(stats.exported + stats.dropped.buffer_full, 2_001);
}

#[test]
fn traces_that_wait_for_their_decision_leave_room_for_a_burst() {
    let sampling = AdaptiveSampling {
        base_rate: 1.0,
        ..AdaptiveSampling::default()
    };
    let stats = burst(
        |builder| builder.with_adaptive_sampling(sampling),
        1,
        2_000,
        1_000,
    );
    assert_eq!(stats.dropped.total(), 0);
}
