//! Tests of providers that the application sets, and replaces, after traced functions have been
//! called.

use std::sync::{Barrier, Mutex};
use std::thread;
use std::time::Duration;

use opentelemetry::global;
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};
use traced::traced;

#[traced]
fn call() {}

fn provider() -> (InMemorySpanExporter, SdkTracerProvider) {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(exporter.clone())
        .build();
    (exporter, provider)
}

fn count(exporter: &InMemorySpanExporter) -> usize {
    exporter.get_finished_spans().unwrap().len()
}

/// Returns how many calls it takes until one is recorded.
fn calls_until_recorded(exporter: &InMemorySpanExporter) -> usize {
    let before = count(exporter);
    (1..=2_000)
        .find(|_| {
            call();
            count(exporter) > before
        })
        .expect("a call is recorded")
}

#[test]
fn a_late_provider_is_found() {
    call();
    let (exporter, first) = provider();
    global::set_tracer_provider(first);
    assert_eq!(
        calls_until_recorded(&exporter),
        1,
        "after few calls, at once"
    );

    // Threads that have been calling for long without a provider ask only now and then, until one has found it.
    let (exporter, second) = provider();
    global::set_tracer_provider(opentelemetry::trace::noop::NoopTracerProvider::new());
    let (called, is_set) = (Barrier::new(3), Barrier::new(3));
    let found = Mutex::new(Vec::new());
    let long = || {
        for _ in 0..5_000 {
            call();
        }
        called.wait();
        is_set.wait();
        let mut found = found.lock().unwrap();
        found.push(calls_until_recorded(&exporter));
    };
    thread::scope(|scope| {
        scope.spawn(long);
        scope.spawn(long);
        called.wait();
        global::set_tracer_provider(second);
        is_set.wait();
    });
    let found = found.into_inner().unwrap();
    assert!((2..=1_024).contains(&found[0]), "{found:?}");
    assert_eq!(found[1], 1);

    // One that has a tracer looks again after a second; it has that of `first` still.
    let (exporter, third) = provider();
    global::set_tracer_provider(third);
    thread::sleep(Duration::from_millis(1_100));
    assert_eq!(calls_until_recorded(&exporter), 1);

    // Set through this crate, it is known at once.
    let (exporter, fourth) = provider();
    traced::set_tracer_provider(fourth);
    assert_eq!(calls_until_recorded(&exporter), 1);
}
