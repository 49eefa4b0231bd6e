//! The decision at a span's start.

use opentelemetry::Context;
use opentelemetry::KeyValue;
use opentelemetry::trace::{SpanContext, TraceId, TraceState};
use opentelemetry_sdk::trace::SamplingDecision::{self, Drop, RecordAndSample, RecordOnly};
use opentelemetry_sdk::trace::{SamplingResult, ShouldSample};

use super::adaptive::BaseRate;
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
    /// Decides on a span by the one above alone, if that is enough; the first span of a trace has an invalid one.
    #[inline]
    pub(crate) fn follow(&self, above: &SpanContext) -> Option<SamplingDecision> {
        match self {
            Head::ParentBased => Some(as_parent(above)),
            Head::Adaptive(_) if !above.is_valid() => None,
            Head::Adaptive(_) if above.is_sampled() => Some(RecordAndSample),
            Head::Adaptive(_) => Some(RecordOnly),
            Head::Own(_) => None,
        }
    }

    /// Decides on a span below `parent`, whose span is `above`.
    pub(crate) fn sample(
        &self,
        parent: &Context,
        above: &SpanContext,
        trace_id: TraceId,
        asked: &Beginning<'_>,
    ) -> Sampling {
        match self {
            Head::ParentBased => Sampling::of(as_parent(above)),
            Head::Adaptive(rate) => match self.follow(above) {
                Some(decision) => Sampling::of(decision),
                None => rate.sample(above, trace_id),
            },
            Head::Own(sampler) => own(sampler.as_ref(), parent, above, trace_id, asked),
        }
    }
}

#[inline]
fn as_parent(above: &SpanContext) -> SamplingDecision {
    if above.is_sampled() || !above.is_valid() {
        RecordAndSample
    } else {
        Drop
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
