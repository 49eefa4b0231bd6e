//! Providers that the application sets when traced functions have been called already, and replaces.

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

/// How many calls it takes until one is recorded.
fn calls_until_recorded(exporter: &InMemorySpanExporter) -> usize {
    (1..=1_000)
        .find(|_| {
            call();
            count(exporter) > 0
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

    // Another thread that has been calling for long without a provider asks only now and then.
    let (exporter, second) = provider();
    let (called, go_on) = (std::sync::Barrier::new(2), std::sync::Barrier::new(2));
    global::set_tracer_provider(opentelemetry::trace::noop::NoopTracerProvider::new());
    thread::scope(|scope| {
        let long = scope.spawn(|| {
            for _ in 0..5_000 {
                call();
            }
            called.wait();
            go_on.wait();
            calls_until_recorded(&exporter)
        });
        called.wait();
        global::set_tracer_provider(second);
        go_on.wait();
        assert!(long.join().unwrap() <= 128);
    });

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
