//! More spans end than the buffers hold: those without an error are dropped first.

use crate::counted::assert_whole;
use crate::gate::{blocked, record};

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
