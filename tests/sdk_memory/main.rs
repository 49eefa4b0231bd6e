//! The provider's memory is bounded when nothing is exported and threads come and go. Alone in its process, whose memory it
//! measures.
#![cfg(target_os = "linux")]

use std::fs;
use std::thread;
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::trace::{Span as _, SpanBuilder, Tracer as _, TracerProvider as _};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use traced::sdk::{AdaptiveSampling, TracerProvider};

/// Never comes back.
#[derive(Debug)]
struct Blocked;

impl SpanExporter for Blocked {
    async fn export(&self, _batch: Vec<SpanData>) -> OTelSdkResult {
        thread::sleep(Duration::from_secs(3_600));
        Ok(())
    }
}

/// The resident memory of this process, in bytes.
fn resident() -> usize {
    let status = fs::read_to_string("/proc/self/status").expect("Linux has it");
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
    let kilobytes: usize = kilobytes
        .and_then(|number| number.parse().ok())
        .expect("a number");
    kilobytes * 1_024
}

/// Ten times as many bytes as may wait, and small spans between them.
fn large(provider: &TracerProvider) {
    let tracer = provider.tracer("t");
    for size in [100, 1_000, 10_000, 100_000].repeat(4_000) {
        let attributes = [KeyValue::new("text", "x".repeat(size))];
        let span = SpanBuilder::from_name("a").with_attributes(attributes);
        span.start(&tracer).end();
    }
}

/// 2,000 threads, 20 at a time, with 1,000 spans each.
fn storm(provider: &TracerProvider) {
    let tracer = provider.tracer("t");
    for _ in 0..100 {
        thread::scope(|scope| {
            for _ in 0..20 {
                scope.spawn(|| {
                    for _ in 0..1_000 {
                        let attributes = [KeyValue::new("text", "x".repeat(200))];
                        let span = SpanBuilder::from_name("a").with_attributes(attributes);
                        span.start(&tracer).end();
                    }
                });
            }
        });
    }
}

/// Takes everything, and keeps nothing.
#[derive(Debug)]
struct Nowhere;

impl SpanExporter for Nowhere {
    async fn export(&self, _batch: Vec<SpanData>) -> OTelSdkResult {
        Ok(())
    }
}

/// Spans with this attribute each.
fn record(provider: &TracerProvider, spans: usize, attribute: impl Fn(usize) -> KeyValue) {
    let tracer = provider.tracer("t");
    for index in 0..spans {
        let span = SpanBuilder::from_name("a").with_attributes([attribute(index)]);
        span.start(&tracer).end();
    }
}

const BOUND: usize = 64 * 1024 * 1024;

#[test]
fn memory_is_bounded() {
    nothing_is_exported();
    values_are_large();
    keys_are_large();
    scopes_are_made_up();
}

fn values_are_large() {
    let before = resident();
    let blocked = TracerProvider::builder().with_exporter(Blocked).build();
    record(&blocked, 2_000, |_| {
        KeyValue::new("text", "x".repeat(240_000))
    });
    let taken = resident().saturating_sub(before);
    assert!(taken < BOUND, "{taken} bytes");
    assert!(
        blocked
            .shutdown_with_timeout(Duration::from_millis(1))
            .is_err()
    );
}

fn keys_are_large() {
    let before = resident();
    let provider = TracerProvider::builder().with_exporter(Nowhere).build();
    for round in 0..100 {
        record(&provider, 40, |index| {
            KeyValue::new(format!("{round} {index} {}", "x".repeat(100_000)), 1)
        });
        provider.force_flush().expect("the exporter takes all");
    }
    let taken = resident().saturating_sub(before);
    assert!(taken < BOUND, "{taken} bytes");
}

fn scopes_are_made_up() {
    let before = resident();
    let provider = TracerProvider::builder().with_exporter(Nowhere).build();
    for round in 0..100 {
        for index in 0..200 {
            let name = format!("{round} {index} {}", "x".repeat(10_000));
            provider.tracer(name).start("a").end();
        }
        provider.force_flush().expect("the exporter takes all");
    }
    let taken = resident().saturating_sub(before);
    assert!(taken < BOUND, "{taken} bytes");
}

fn nothing_is_exported() {
    let before = resident();
    let blocked = TracerProvider::builder().with_exporter(Blocked).build();
    storm(&blocked);
    large(&blocked);
    let stats = blocked.stats();
    assert!(stats.dropped.buffer_full > 0, "{stats:?}");
    let taken = resident().saturating_sub(before);
    assert!(taken < BOUND, "{taken} bytes");

    let before = resident();
    let undecided = TracerProvider::builder()
        .with_exporter(Blocked)
        .with_adaptive_sampling(AdaptiveSampling {
            base_rate: 0.0,
            ..AdaptiveSampling::default()
        })
        .build();
    storm(&undecided);
    let taken = resident().saturating_sub(before);
    assert!(taken < BOUND, "{taken} bytes");
    // Nobody waits for what is blocked.
    let limit = Duration::from_millis(1);
    assert!(blocked.shutdown_with_timeout(limit).is_err());
}
