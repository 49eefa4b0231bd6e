//! The decision of a sampler at the start of a span.

use std::mem;

use opentelemetry::KeyValue;
use opentelemetry::trace::{SpanContext, TraceState};
use opentelemetry_sdk::trace::SamplingDecision;

/// A sampler's decision on a span, and what it adds to the span.
///
/// A span that is recorded but not sampled is exported only with adaptive sampling, which decides
/// on it when its trace has ended.
pub(crate) struct HeadDecision {
    pub(crate) decision: SamplingDecision,
    /// The attributes and the trace state that the sampler gives to the span, or `None` if there
    /// are no attributes and the trace state is that of the parent.
    pub(crate) given: Option<Box<Given>>,
}

/// The attributes and the trace state that a sampler gives to a span.
pub(crate) struct Given {
    pub(crate) trace_state: TraceState,
    pub(crate) attributes: Vec<KeyValue>,
}

impl Given {
    /// Returns `true` if there are no attributes and no trace state, and no memory to free.
    #[inline]
    fn is_nothing(&self) -> bool {
        self.attributes.capacity() == 0 && self.trace_state == TraceState::NONE
    }
}

impl HeadDecision {
    pub(super) fn of(decision: SamplingDecision) -> HeadDecision {
        let given = None;
        HeadDecision { decision, given }
    }

    /// Adds the attributes and the trace state that the sampler gives, unless there are no
    /// attributes and the trace state is that of the span above.
    #[inline]
    pub(super) fn given(self, above: &SpanContext, given: Given) -> HeadDecision {
        if given.is_nothing() && *above.trace_state() == TraceState::NONE {
            // There is nothing to drop, which the compiler cannot know.
            mem::forget(given);
            return self;
        }
        self.given_something(above, given)
    }

    #[inline(never)]
    fn given_something(mut self, above: &SpanContext, given: Given) -> HeadDecision {
        if given.trace_state != *above.trace_state() || !given.attributes.is_empty() {
            self.given = Some(Box::new(given));
        }
        self
    }
}
