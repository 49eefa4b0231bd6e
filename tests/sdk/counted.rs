//! Tests that every span is in exactly one counter, at any time.

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use opentelemetry::trace::{Tracer as _, TracerProvider as _};
use traced::sdk::{Stats, TracerProvider};

use crate::exporters::Counted;
use crate::gate::{blocked, record};

pub(crate) fn assert_whole(stats: &Stats) {
    let settled = stats.exported + stats.sampled_out + stats.dropped.total();
    assert_eq!(stats.recorded, settled + stats.waiting, "{stats:?}");
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

/// Ends `spans` spans on each of two threads while the provider shuts down. Does so in `rounds`
/// rounds.
fn end_during_shutdowns(rounds: usize, spans: usize) {
    for _ in 0..rounds {
        let counted = Counted::default();
        let provider = TracerProvider::builder()
            .with_exporter(counted.clone())
            .build();
        let tracer = provider.tracer("t");
        let all_have_begun = Barrier::new(3);
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    let spans: Vec<_> = (0..spans).map(|_| tracer.start("a")).collect();
                    all_have_begun.wait();
                    drop(spans);
                });
            }
            scope.spawn(|| {
                all_have_begun.wait();
                provider.shutdown().expect("the exporter takes all");
            });
        });
        let stats = provider.stats();
        assert_whole(&stats);
        assert_eq!(stats.recorded, 2 * spans as u64);
        assert_eq!((stats.waiting, stats.bytes), (0, 0));
        assert_eq!(stats.exported, counted.count());
    }
}

#[test]
fn spans_that_end_during_a_shutdown_are_counted() {
    end_during_shutdowns(200, 100);
}

/// One of a million ends between the last look at the buffers and the end of the background thread. `scripts/race` runs this,
/// with optimization.
#[test]
#[ignore = "writes 2,000 warnings"]
fn a_million_spans_that_end_during_shutdowns_are_counted() {
    end_during_shutdowns(2_000, 300);
}
