//! Marks the spans of a kept trace as sampled, with the reason why it was kept.

use opentelemetry::trace::{SpanContext, TraceState};

/// The reason why a trace is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// The base rate kept it.
    Base,
    /// The parent in another process is sampled.
    Parent,
    Error,
    Slow,
}

impl Reason {
    /// The key of the local root's attribute.
    pub(crate) const KEY: &'static str = "sampling.reason";

    pub(crate) fn name(self) -> &'static str {
        match self {
            Reason::Base => "base",
            Reason::Parent => "parent",
            Reason::Error => "error",
            Reason::Slow => "slow",
        }
    }
}

/// Returns the context of a kept span as it is exported: sampled, and without the threshold of the
/// decision that did not keep it.
pub(crate) fn as_kept(context: &SpanContext) -> SpanContext {
    if context.is_sampled() {
        return context.clone();
    }
    let state = state_as_kept(context.trace_state());
    SpanContext::new(
        context.trace_id(),
        context.span_id(),
        context.trace_flags().with_sampled(true),
        context.is_remote(),
        state,
    )
}

/// Returns the trace state of a span that was not sampled at its start but is kept.
pub(crate) fn state_as_kept(state: &TraceState) -> TraceState {
    match state.get("ot") {
        Some(ot) => without_threshold(state, ot),
        None => state.clone(),
    }
}

fn without_threshold(state: &TraceState, ot: &str) -> TraceState {
    let rest: Vec<&str> = ot
        .split(';')
        .filter(|part| !part.starts_with("th:"))
        .collect();
    let changed = if rest.is_empty() {
        state.delete("ot")
    } else {
        state.insert("ot", rest.join(";"))
    };
    changed.unwrap_or_else(|_| state.clone())
}
