//! Spans that other threads change while their functions run: all of them are counted, and what arrives is whole.
//!
//! Four threads call traced functions, in units of [`UNIT`] spans. Two others are handed the contexts of these spans: they set
//! attributes, add events, and end some of the spans. Futures are polled by one thread after the other. What is done to a span
//! follows from its number, so the exporter knows what must have arrived.

mod arrived;
mod memory;
mod others;
mod plan;
mod seats;
mod work;

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, Scope};
use std::time::Duration;

use opentelemetry::trace::{Span as _, Tracer as _, TracerProvider as _};
use traced::sdk::{AdaptiveSampling, Stats, TracerProvider};

use crate::arrived::Arrived;
pub use crate::plan::UNIT;
use crate::seats::{Seat, THREADS};
use crate::work::Worker;

/// Long enough for any machine.
const ENOUGH: Duration = Duration::from_secs(600);

/// Makes that many spans, rounded up to whole units of each thread. Returns what became of them, and by how many bytes the
/// process grew.
///
/// # Panics
///
/// If a span is in no counter, was exported twice, or without a change that was made before its end.
#[must_use]
pub fn run(sampling: Option<AdaptiveSampling>, spans: u64) -> (Stats, usize) {
    let units = spans.div_ceil(UNIT * THREADS);
    let spans = units * UNIT * THREADS;
    let arrived = Arrived::room_for(spans);
    let before = memory::start();
    let builder = TracerProvider::builder().with_exporter(arrived.clone());
    let provider = match sampling {
        Some(sampling) => builder.with_adaptive_sampling(sampling).build(),
        None => builder.build(),
    };
    traced::set_tracer_provider(provider.clone());
    storm(&provider, units);
    let flushed = provider.force_flush_with_timeout(ENOUGH);
    flushed.expect("the exporter takes all");
    let stats = provider.stats();
    let grown = memory::peak().saturating_sub(before);
    assert_eq!(
        (stats.recorded, stats.waiting, stats.bytes),
        (spans, 0, 0),
        "{stats:?}"
    );
    arrived.assert_whole(stats.exported);
    shut_down(&provider, &stats);
    (stats, grown)
}

fn storm(provider: &TracerProvider, units: u64) {
    let seats: Vec<Seat> = (0..THREADS).map(|_| Seat::default()).collect();
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| look(provider, &is_over));
        call(scope, provider, &seats, units);
        is_over.store(true, Ordering::Relaxed);
    });
    seats::finish(&seats);
}

/// Runs the threads that call traced functions, and those that change their spans.
fn call<'scope, 'env>(
    scope: &'scope Scope<'scope, 'env>,
    provider: &'env TracerProvider,
    seats: &'env [Seat],
    units: u64,
) {
    let others = others::start(scope);
    let threads: Vec<_> = (0..THREADS)
        .map(|number| {
            let tracer = provider.tracer("by hand");
            let mut worker = Worker::new(number, seats, others.clone(), tracer);
            scope.spawn(move || worker.run(units))
        })
        .collect();
    for thread in threads {
        thread.join().expect("it does not panic");
    }
}

/// Flushes and reads the counters until the threads have ended.
fn look(provider: &TracerProvider, is_over: &AtomicBool) {
    while !is_over.load(Ordering::Relaxed) {
        let _ = provider.force_flush();
        let stats = provider.stats();
        let settled = stats.exported + stats.sampled_out + stats.dropped.total();
        assert_eq!(stats.recorded, settled + stats.waiting, "{stats:?}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// Shuts down after everything was exported, and checks that a span that ends afterwards comes too
/// late.
fn shut_down(provider: &TracerProvider, before: &Stats) {
    let mut late = provider.tracer("by hand").start("late");
    provider.shutdown().expect("there is nothing left");
    late.end();
    let mut expected = *before;
    expected.recorded += 1;
    expected.dropped.after_shutdown += 1;
    assert_eq!(provider.stats(), expected);
}
