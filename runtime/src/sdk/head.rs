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

/// What was decided. What is recorded and not sampled is exported by adaptive sampling alone, which decides on it when its trace is
/// over.
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
    /// Decides on a span by the one above alone, if that is enough.
    #[inline]
    pub(crate) fn follow(&self, is_sampled: bool) -> Option<SamplingDecision> {
        match self {
            Head::ParentBased | Head::Adaptive(_) if is_sampled => Some(RecordAndSample),
            Head::ParentBased => Some(Drop),
            Head::Adaptive(_) => Some(RecordOnly),
            Head::Own(_) => None,
        }
    }

    /// Decides on the first span of a trace, if that is always the same.
    #[inline]
    pub(crate) fn begin(&self) -> Option<SamplingDecision> {
        matches!(self, Head::ParentBased).then_some(RecordAndSample)
    }

    /// Decides on a span below `parent`, whose span is `above`.
    pub(crate) fn sample(
        &self,
        parent: &Context,
        above: &SpanContext,
        trace_id: TraceId,
        asked: &Beginning<'_>,
    ) -> Sampling {
        let alone = if above.is_valid() {
            self.follow(above.is_sampled())
        } else {
            self.begin()
        };
        match (self, alone) {
            (Head::Own(sampler), _) => own(sampler.as_ref(), parent, above, trace_id, asked),
            (Head::Adaptive(rate), None) => rate.sample(above, trace_id),
            (_, decision) => Sampling::of(decision.unwrap_or(RecordAndSample)),
        }
    }
}

impl Sampling {
    pub(crate) fn of(decision: SamplingDecision) -> Sampling {
        let given = None;
        Sampling { decision, given }
    }

    /// Keeps what a sampler gives, if that is anything but the parent's trace state.
    pub(crate) fn given(mut self, above: &SpanContext, given: Given) -> Sampling {
        if given.trace_state != *above.trace_state() || !given.attributes.is_empty() {
            self.given = Some(Box::new(given));
        }
        self
    }
}

fn own(
    sampler: &dyn ShouldSample,
    parent: &Context,
    above: &SpanContext,
    trace_id: TraceId,
    asked: &Beginning<'_>,
) -> Sampling {
    let SamplingResult {
        decision,
        attributes,
        trace_state,
    } = sampler.should_sample(
        above.is_valid().then_some(parent),
        trace_id,
        asked.name(),
        asked.kind,
        asked.attributes,
        asked.links,
    );
    let given = Given {
        trace_state,
        attributes,
    };
    Sampling::of(decision).given(above, given)
}
