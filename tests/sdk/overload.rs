//! Tests of more spans than the buffers hold: those without an error are dropped first.

use std::time::Duration;

use traced::sdk::{AdaptiveSampling, TracerProvider};

use crate::child;
use crate::counted::assert_whole;
use crate::gate::{blocked, gated, record};

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

/// 60,000 spans that nobody wants, and 3,000 with an error among them, which fit the room that is reserved for those.
#[test]
fn adaptive_sampling_loses_no_error_that_fits_the_reserve() {
    let (exporter, gate) = gated();
    let provider = TracerProvider::builder()
        .with_exporter(exporter)
        .with_max_export_batch_size(1)
        .with_scheduled_delay(Duration::from_millis(1))
        .with_adaptive_sampling(AdaptiveSampling {
            base_rate: 0.0,
            ..AdaptiveSampling::default()
        })
        .build();
    record(&provider, 1, true);
    gate.wait();
    for _ in 0..300 {
        record(&provider, 200, false);
        record(&provider, 10, true);
    }
    let dropped = provider.stats().dropped;
    assert!(dropped.buffer_full > 40_000, "{dropped:?}");
    assert_eq!(dropped.errors, 0);
    let kept = gate.kept.clone();
    drop(gate);
    provider.shutdown().expect("the exporter takes all");
    let stats = provider.stats();
    assert_whole(&stats);
    assert_eq!((stats.recorded, stats.exported), (63_001, 3_001));
    assert!(kept.names().iter().all(|name| name == "error"));
}

/// The first warning comes when nearly only spans without an error are lost.
#[test]
fn lost_errors_are_said_apart() {
    if child::told().is_some() {
        return lose_errors_late();
    }
    let said = child::standard_error("overload::lost_errors_are_said_apart", "lose");
    let lines: Vec<&str> = said.lines().collect();
    let [first, errors, counts] = lines[..] else {
        panic!("{said}");
    };
    let (usual, lost) = counts.split_once(' ').expect("two numbers");
    assert_eq!(
        first,
        format!(
            "traced: spans end faster than they are exported: {usual} spans dropped; raise OTEL_BSP_MAX_QUEUE_SIZE, or sample; this warning is not repeated"
        )
    );
    assert_eq!(
        errors,
        format!(
            "traced: the room for spans with an error is full too: {lost} spans dropped; raise OTEL_BSP_MAX_QUEUE_SIZE, or sample; this warning is not repeated"
        )
    );
}

/// Loses spans with an error after a warning that others were lost, and writes both numbers below the warnings.
fn lose_errors_late() {
    let (provider, gate) = blocked(1);
    record(&provider, 10_000, false);
    let usual = provider.stats().dropped;
    assert_eq!((usual.buffer_full > 0, usual.errors), (true, 0));
    gate.next();
    record(&provider, 10_000, true);
    let lost = provider.stats().dropped.errors;
    assert!(lost > 1_000, "{lost}");
    drop(gate);
    provider.shutdown().expect("the exporter takes all");
    // More are not said, since each is said once.
    eprintln!("{} {lost}", usual.buffer_full);
}
