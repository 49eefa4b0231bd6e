//! Tests of exporters that panic, fail, hang or block: what they lose is counted, and nothing waits
//! for them.

use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use opentelemetry::trace::{Span as _, Tracer as _, TracerProvider as _};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use traced::sdk::{Stats, TracerProvider};

use crate::exporters::{Fault, Faulty, Kept};

/// Exports two batches, the first of which meets the fault.
fn after(fault: Fault) -> (Kept, Stats) {
    let kept = Kept::default();
    let provider = TracerProvider::builder()
        .with_exporter(Faulty::new(fault, &kept))
        .with_max_export_timeout(Duration::from_millis(50))
        .build();
    let tracer = provider.tracer("t");
    drop(tracer.start("first"));
    assert!(provider.force_flush().is_err());
    drop(tracer.start("second"));
    provider.shutdown().expect("the exporter is well again");
    (kept, provider.stats())
}

#[test]
fn a_panic_costs_its_batch() {
    let (kept, stats) = after(Fault::Panics);
    assert_eq!(kept.names(), ["second"]);
    assert_eq!((stats.dropped.export_panicked, stats.exported), (1, 1));
}

#[test]
fn a_failure_costs_its_batch() {
    let (kept, stats) = after(Fault::Fails);
    assert_eq!(kept.names(), ["second"]);
    assert_eq!((stats.dropped.export_failed, stats.exported), (1, 1));
}

#[test]
fn hanging_costs_the_time_limit_and_the_batch() {
    let (kept, stats) = after(Fault::Hangs);
    assert_eq!(kept.names(), ["second"]);
    assert_eq!((stats.dropped.export_timed_out, stats.exported), (1, 1));
}

#[test]
fn a_blocked_exporter_blocks_nobody() {
    let kept = Kept::default();
    let blocked = Fault::Blocks(Duration::from_secs(600));
    let provider = TracerProvider::builder()
        .with_exporter(Faulty::new(blocked, &kept))
        .build();
    let tracer = provider.tracer("t");
    drop(tracer.start("first"));
    let limit = Duration::from_millis(50);
    assert!(provider.force_flush_with_timeout(limit).is_err());
    for _ in 0..100_000 {
        drop(tracer.start("more"));
    }
    assert!(provider.shutdown_with_timeout(limit).is_err());
    // The exporter is still at its first batch, which is to fail.
    assert_eq!(provider.stats().dropped.export_failed, 0);
}

/// Starts a span of the provider that it exports for.
#[derive(Clone, Debug, Default)]
struct Tracing(Arc<OnceLock<TracerProvider>>, Arc<Mutex<Vec<bool>>>);

impl SpanExporter for Tracing {
    async fn export(&self, _: Vec<SpanData>) -> OTelSdkResult {
        let provider = self.0.get().expect("it is set");
        let span = provider.tracer("of the export").start("of the export");
        self.1.lock().expect("no panic").push(span.is_recording());
        Ok(())
    }
}

#[test]
fn an_exporter_that_is_traced_records_nothing() {
    let exporter = Tracing::default();
    let provider = TracerProvider::builder()
        .with_exporter(exporter.clone())
        .build();
    exporter.0.set(provider.clone()).expect("it is not set");
    drop(provider.tracer("t").start("span"));
    provider.force_flush().expect("the exporter takes all");
    assert_eq!(*exporter.1.lock().expect("no panic"), [false]);
    provider.shutdown().expect("an end");
    assert_eq!(provider.stats().recorded, 1);
}
