//! Every span is in one counter, at any time.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::trace::{Span as _, Status, Tracer as _, TracerProvider as _};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use traced::sdk::{Stats, TracerProvider};

use crate::exporters::{Counted, Kept};

/// Keeps each batch until it is told to go on.
#[derive(Debug)]
struct Gated {
    kept: Kept,
    entered: Sender<()>,
    gate: Mutex<Receiver<()>>,
}

/// The test's side: says when the exporter has a batch; dropped, it lets all through.
struct Gate {
    kept: Kept,
    entered: Receiver<()>,
    _open: Sender<()>,
}

fn gated() -> (Gated, Gate) {
    let (entered, told) = channel();
    let (open, gate) = channel();
    let kept = Kept::default();
    let exporter = Gated {
        kept: kept.clone(),
        entered,
        gate: Mutex::new(gate),
    };
    let gate = Gate {
        kept,
        entered: told,
        _open: open,
    };
    (exporter, gate)
}

impl SpanExporter for Gated {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let _ = self.entered.send(());
        let _ = self.gate.lock().expect("nobody panics here").recv();
        self.kept.export(batch).await
    }
}

fn assert_whole(stats: &Stats) {
    let settled = stats.exported + stats.sampled_out + stats.dropped.total();
    assert_eq!(stats.recorded, settled + stats.waiting, "{stats:?}");
}

fn record(provider: &TracerProvider, count: usize, is_error: bool) {
    let tracer = provider.tracer("t");
    for _ in 0..count {
        let mut span = tracer.start(if is_error { "error" } else { "fine" });
        span.set_attribute(KeyValue::new("text", "x".repeat(1_000)));
        if is_error {
            span.set_status(Status::error("it went wrong"));
        }
    }
}

/// A provider whose exporter has a first batch, of so many spans as all, and does not come back.
fn blocked(batch: usize) -> (TracerProvider, Gate) {
    let (exporter, gate) = gated();
    let provider = TracerProvider::builder()
        .with_exporter(exporter)
        .with_max_export_batch_size(batch)
        .with_scheduled_delay(Duration::from_millis(1))
        .build();
    record(&provider, batch, false);
    gate.entered.recv().expect("the exporter is there");
    (provider, gate)
}

#[test]
fn what_waits_is_counted_while_the_exporter_blocks() {
    // Half of them are with the exporter.
    let (provider, gate) = blocked(1_000);
    record(&provider, 1_000, false);
    let stats = provider.stats();
    assert_whole(&stats);
    assert_eq!((stats.recorded, stats.waiting), (2_000, 2_000));
    assert!(
        stats.bytes > 2_000_000 && stats.bytes < 3_000_000,
        "{stats:?}"
    );
    let kept = gate.kept.clone();
    drop(gate);
    provider.force_flush().expect("the exporter takes all");
    let stats = provider.stats();
    assert_eq!((stats.exported, stats.waiting, stats.bytes), (2_000, 0, 0));
    assert_eq!(kept.names().len(), 2_000);
}

#[test]
fn after_a_shutdown_that_timed_out_the_rest_waits() {
    let (provider, gate) = blocked(10);
    record(&provider, 50, false);
    let ended = provider.shutdown_with_timeout(Duration::from_millis(10));
    assert!(ended.is_err(), "the exporter blocks");
    record(&provider, 1, false);
    let stats = provider.stats();
    assert_whole(&stats);
    assert_eq!(
        (stats.waiting, stats.dropped.after_shutdown),
        (60, 0),
        "{stats:?}"
    );
    drop(gate);
    while provider.stats().waiting > 0 {
        thread::sleep(Duration::from_millis(1));
    }
    assert_whole(&provider.stats());
    assert_eq!(provider.stats().exported, 60);
}

/// One of a million ends between the last look at the buffers and the end of the background thread: that many are not tried
/// here, but whichever do are counted.
#[test]
fn spans_that_end_during_a_shutdown_are_counted() {
    for _ in 0..200 {
        let counted = Counted::default();
        let provider = TracerProvider::builder()
            .with_exporter(counted.clone())
            .build();
        let tracer = provider.tracer("t");
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    let spans: Vec<_> = (0..100).map(|_| tracer.start("a")).collect();
                    drop(spans);
                });
            }
            scope.spawn(|| provider.shutdown().expect("the exporter takes all"));
        });
        let stats = provider.stats();
        assert_whole(&stats);
        assert_eq!((stats.waiting, stats.bytes), (0, 0));
        assert_eq!(stats.exported, counted.count());
    }
}

#[test]
fn spans_with_an_error_are_dropped_last() {
    let (provider, gate) = blocked(1);
    record(&provider, 60_000, false);
    assert!(
        provider.stats().dropped.buffer_full > 10_000,
        "{:?}",
        provider.stats()
    );
    record(&provider, 3_000, true);
    assert_eq!(provider.stats().dropped.errors, 0);
    record(&provider, 3_000, true);
    let stats = provider.stats();
    assert_whole(&stats);
    assert!(stats.dropped.errors > 1_000, "{stats:?}");
    let kept = gate.kept.clone();
    drop(gate);
    provider.force_flush().expect("the exporter takes all");
    let names = kept.names();
    let errors = names.iter().filter(|name| *name == "error").count() as u64;
    assert_eq!(errors + stats.dropped.errors, 6_000);
}
