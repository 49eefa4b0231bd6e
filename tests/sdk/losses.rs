//! Tests that every lost span is counted, and that nothing grows.

use std::thread;
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry::trace::{Tracer as _, TracerProvider as _};
use traced::sdk::TracerProvider;
use traced::traced;

use crate::child;
use crate::exporters::{Counted, Kept};

#[test]
fn a_flush_takes_what_ended_on_any_thread() {
    let kept = Kept::default();
    let provider = TracerProvider::builder()
        .with_exporter(kept.clone())
        .build();
    let tracer = provider.tracer("t");
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| drop(tracer.start("a")));
        }
    });
    drop(tracer.start("b"));
    provider.force_flush().expect("the exporter takes all");
    assert_eq!(kept.names().len(), 5);
}

#[test]
fn dropping_the_provider_loses_nothing() {
    let kept = Kept::default();
    let provider = TracerProvider::builder()
        .with_exporter(kept.clone())
        .build();
    let tracer = provider.tracer("t");
    drop(tracer.start("a"));
    drop(provider);
    assert_eq!(kept.names(), ["a"]);
}

#[test]
fn spans_are_exported_by_themselves() {
    let kept = Kept::default();
    let provider = TracerProvider::builder()
        .with_exporter(kept.clone())
        .with_scheduled_delay(Duration::from_millis(10))
        .build();
    drop(provider.tracer("t").start("a"));
    while kept.names().is_empty() {
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_span_in_a_thread_locals_destructor_is_not_lost() {
    struct AtTheEnd(TracerProvider);
    impl Drop for AtTheEnd {
        fn drop(&mut self) {
            // `start` would ask OpenTelemetry's own thread-local, which may be gone.
            let tracer = self.0.tracer("t");
            drop(tracer.start_with_context("at the end", &Context::new()));
        }
    }
    thread_local! {
        static FIRST: std::cell::RefCell<Option<AtTheEnd>> = const { std::cell::RefCell::new(None) };
    }
    let kept = Kept::default();
    let provider = TracerProvider::builder()
        .with_exporter(kept.clone())
        .build();
    let clone = provider.clone();
    thread::spawn(move || {
        FIRST.set(Some(AtTheEnd(clone.clone())));
        drop(clone.tracer("t").start("before"));
    })
    .join()
    .expect("it does not panic");
    provider.force_flush().expect("the exporter takes all");
    assert_eq!(kept.names(), ["before", "at the end"]);
}

/// Ends `spans` spans on each of `threads` threads at once.
fn storm(provider: &TracerProvider, threads: u64, spans: u64) {
    let tracer = provider.tracer("t");
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                for _ in 0..spans {
                    drop(tracer.start("a"));
                }
            });
        }
    });
}

#[test]
fn what_was_recorded_was_exported_or_dropped() {
    let counted = Counted::default();
    let provider = TracerProvider::builder()
        .with_exporter(counted.clone())
        .build();
    storm(&provider, 4, 250_000);
    provider
        .shutdown_with_timeout(Duration::from_secs(60))
        .expect("the exporter takes all");
    let stats = provider.stats();
    assert_eq!(stats.recorded, 1_000_000);
    assert_eq!(stats.exported, counted.count());
    assert_eq!(stats.recorded, stats.exported + stats.dropped.total());
    assert_eq!(stats.bytes, 0);
}

#[test]
fn short_lived_threads_give_back_what_they_took() {
    let counted = Counted::default();
    let provider = TracerProvider::builder()
        .with_exporter(counted.clone())
        .build();
    for _ in 0..100 {
        storm(&provider, 20, 10);
    }
    provider
        .shutdown_with_timeout(Duration::from_secs(60))
        .expect("the exporter takes all");
    let stats = provider.stats();
    assert_eq!(stats.recorded, 20_000);
    assert_eq!(stats.exported, 20_000);
}

#[test]
fn a_full_buffer_drops_and_counts() {
    let counted = Counted::default();
    let provider = TracerProvider::builder()
        .with_exporter(counted.clone())
        .with_max_queue_size(1)
        .build();
    storm(&provider, 2, 200_000);
    provider
        .shutdown_with_timeout(Duration::from_secs(60))
        .expect("the exporter takes all");
    let stats = provider.stats();
    assert_eq!(stats.recorded, 400_000);
    assert_eq!(stats.recorded, stats.exported + stats.dropped.buffer_full);
}

/// Ends a span after its provider, in a separate process. Returns what is written to standard
/// error.
fn warning_of_a_late_span(ending: &str) -> String {
    child::standard_error(
        "losses::a_span_that_ends_after_its_provider_is_told_why_it_is_lost",
        ending,
    )
}

fn provider() -> TracerProvider {
    TracerProvider::builder()
        .with_exporter(Kept::default())
        .build()
}

#[traced]
fn replaces_its_provider() {
    traced::set_tracer_provider(provider());
}

#[traced]
fn shuts_its_provider_down(provider: &TracerProvider) {
    provider.shutdown().expect("the exporter takes all");
}

#[test]
fn a_span_that_ends_after_its_provider_is_told_why_it_is_lost() {
    if let Some(ending) = child::told() {
        let first = provider();
        traced::set_tracer_provider(first.clone());
        if ending == "shut down" {
            return shuts_its_provider_down(&first);
        }
        drop(first);
        return replaces_its_provider();
    }
    assert_eq!(
        warning_of_a_late_span("replaced"),
        "traced: a span came after its tracer provider was dropped, so it is lost, and so are all that follow: setting another provider drops the one before it, so set it before the first span starts\n"
    );
    assert_eq!(
        warning_of_a_late_span("shut down"),
        "traced: a span came after its tracer provider was shut down, so it is lost, and so are all that follow: shut it down when the last span has ended\n"
    );
}
