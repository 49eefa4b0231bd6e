//! Arguments and locals that report when they are dropped, and the values that options name.

use std::cell::RefCell;

use opentelemetry::trace::{
    Span, SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState,
};
use opentelemetry::{Context, trace};

thread_local!(static DROPS: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) });

/// A value that logs its drop.
#[derive(Debug)]
pub struct Noisy(&'static str);

impl Drop for Noisy {
    fn drop(&mut self) {
        DROPS.with_borrow_mut(|drops| drops.push(self.0));
    }
}

impl Default for Noisy {
    fn default() -> Noisy {
        noisy("default")
    }
}

/// Returns a value that logs its drop under this name.
#[must_use]
pub fn noisy(name: &'static str) -> Noisy {
    Noisy(name)
}

pub(crate) fn take_drops() -> Vec<&'static str> {
    DROPS.take()
}

/// A value that patterns take apart.
#[derive(Debug)]
pub struct Point {
    /// The field that patterns bind.
    pub x: Noisy,
    /// The field that patterns leave out.
    pub y: Noisy,
}

/// Returns a point with the fields `x` and `y`.
#[must_use]
pub fn point() -> Point {
    Point {
        x: noisy("x"),
        y: noisy("y"),
    }
}

/// The key of an attribute.
pub const KEY: &str = "const.key";

/// Adds an event to the current span, by the OpenTelemetry API.
pub fn mark(name: &'static str) {
    Context::current().span().add_event(name, Vec::new());
}

/// Returns the context of a span of another service.
#[must_use]
pub fn remote() -> SpanContext {
    let (trace, span) = (TraceId::from(7_u128), SpanId::from(8_u64));
    SpanContext::new(
        trace,
        span,
        TraceFlags::SAMPLED,
        true,
        TraceState::default(),
    )
}

/// Returns no parent.
#[must_use]
pub fn no_parent() -> Option<Context> {
    None
}

/// Starts the span in which a function is called.
pub(crate) fn outer() -> Context {
    use trace::Tracer;
    let span = opentelemetry::global::tracer("matrix").start("outer");
    debug_assert!(span.is_recording(), "a provider is installed");
    Context::current_with_span(span)
}
