//! Fills all buffers.

use std::thread;

use opentelemetry::KeyValue;
use opentelemetry::global;
use opentelemetry::trace::{Span as _, SpanBuilder, Status};
use traced::Guard;

/// The number of threads that end spans at the same time.
const THREADS: usize = 20;

/// Ends spans until all buffers are full, down to the reserve for errors.
///
/// Spans that are too large for a ring fill the shared queue. The rings take as many threads as get
/// one.
pub(crate) fn fill(guard: &Guard) {
    let large = text(100_000);
    (0..500).for_each(|_| end_error(&large));
    let small = text(1_500);
    let mut before = 0;
    while guard.stats().bytes > before {
        before = guard.stats().bytes;
        thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| (0..500).for_each(|_| end_error(&small)));
            }
        });
    }
    let stats = guard.stats();
    eprintln!("    {} bytes wait", stats.bytes);
    assert!(stats.dropped.buffer_full > 0, "{stats:?}");
}

/// Ends a span with this text that has an error.
pub(crate) fn end_error(text: &str) {
    let attributes = [KeyValue::new("text", text.to_owned())];
    let span = SpanBuilder::from_name("a").with_attributes(attributes);
    let mut span = span.start(&global::tracer("t"));
    span.set_status(Status::error("it failed"));
    span.end();
}

/// Returns a text that is hard to compress.
pub(crate) fn text(length: usize) -> String {
    let mut state = 7_u32;
    let letters = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b' ' + (state >> 26) as u8)
    });
    letters.take(length).collect()
}
