//! What was decided of traces at their end.

use std::collections::{HashMap, VecDeque};

use foldhash::fast::RandomState;
use opentelemetry::trace::{SpanContext, TraceId, TraceState};

/// How many decisions are remembered for spans that come late.
const DECISIONS: usize = 10_000;

/// Why a trace is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    Base,
    Parent,
    Error,
    Slow,
}

impl Reason {
    /// The attribute of the local root that says so.
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

/// The traces that were kept lately; the oldest is forgotten first.
#[derive(Default)]
pub(crate) struct Decided {
    reasons: HashMap<TraceId, Reason, RandomState>,
    order: VecDeque<TraceId>,
}

impl Decided {
    pub(crate) fn kept(&self, id: TraceId) -> Option<Reason> {
        self.reasons.get(&id).copied()
    }

    pub(crate) fn remember(&mut self, id: TraceId, reason: Reason) {
        if self.reasons.insert(id, reason).is_none() {
            self.order.push_back(id);
        }
        if self.order.len() > DECISIONS
            && let Some(oldest) = self.order.pop_front()
        {
            self.reasons.remove(&oldest);
        }
    }
}

/// The context that an exported span has: sampled, and without the threshold of a decision that was not taken.
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

/// The trace state of a span that was not sampled, but is kept.
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
