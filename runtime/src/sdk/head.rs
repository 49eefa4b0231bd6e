//! The decision at a span's start.

use opentelemetry::Context;
use opentelemetry::KeyValue;
use opentelemetry::trace::{SpanContext, TraceId, TraceState};
use opentelemetry_sdk::trace::SamplingDecision::{self, Drop, RecordAndSample, RecordOnly};
use opentelemetry_sdk::trace::{SamplingResult, ShouldSample};

use crate::sdk::adaptive::BaseRate;
use crate::sdk::tracer::Beginning;

/// The sampler of a provider.
#[derive(Debug)]
pub(crate) enum Head {
    /// As the parent; what has none is sampled. The default.
    ParentBased,
    Adaptive(BaseRate),
    Own(Box<dyn ShouldSample>),
}

/// What was decided.
pub(crate) struct Sampling {
    pub(crate) decision: SamplingDecision,
    /// What the span begins with, if that is not just its parent's trace state.
    pub(crate) given: Option<Box<Given>>,
}

/// What a sampler gives to a span.
pub(crate) struct Given {
    pub(crate) trace_state: TraceState,
    pub(crate) attributes: Vec<KeyValue>,
}

impl Head {
    /// `above` is the span of `parent`.
    #[inline]
    pub(crate) fn sample(
        &self,
        parent: &Context,
        above: &SpanContext,
        trace_id: TraceId,
        start: &Beginning<'_>,
    ) -> Sampling {
        match self {
            Head::ParentBased => {
                let is_dropped = above.is_valid() && !above.is_sampled();
                Sampling::of(if is_dropped { Drop } else { RecordAndSample })
            }
            Head::Adaptive(_) if above.is_valid() && !above.is_sampled() => {
                Sampling::of(RecordOnly)
            }
            Head::Adaptive(_) if above.is_valid() => Sampling::of(RecordAndSample),
            Head::Adaptive(rate) => rate.sample(above, trace_id),
            Head::Own(sampler) => {
                // A copy: foreign code is given an address, and what has none stays in registers.
                let start = *start;
                own(sampler.as_ref(), parent, above, trace_id, &start)
            }
        }
    }
}

impl Sampling {
    #[inline]
    pub(crate) fn of(decision: SamplingDecision) -> Sampling {
        let given = None;
        Sampling { decision, given }
    }

    /// Returns whether the span is recorded. One that is recorded and not sampled is exported by adaptive sampling alone, which
    /// decides on it when its trace is over.
    #[inline]
    pub(crate) fn is_recording(&self) -> bool {
        self.decision != Drop
    }

    #[inline]
    pub(crate) fn is_sampled(&self) -> bool {
        self.decision == RecordAndSample
    }

    /// Keeps what a sampler gives, if that is anything but the parent's trace state.
    pub(crate) fn given(mut self, above: &SpanContext, given: Given) -> Sampling {
        if given.trace_state != *above.trace_state() || !given.attributes.is_empty() {
            self.given = Some(Box::new(given));
        }
        self
    }
}

#[inline(never)]
fn own(
    sampler: &dyn ShouldSample,
    parent: &Context,
    above: &SpanContext,
    trace_id: TraceId,
    start: &Beginning<'_>,
) -> Sampling {
    let SamplingResult {
        decision,
        attributes,
        trace_state,
    } = sampler.should_sample(
        above.is_valid().then_some(parent),
        trace_id,
        start.name(),
        start.kind,
        start.attributes,
        start.links,
    );
    let given = Given {
        trace_state,
        attributes,
    };
    Sampling::of(decision).given(above, given)
}
