//! The decision at the start of a span.

use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, TraceId};
use opentelemetry_sdk::trace::SamplingDecision::{self, Drop, RecordAndSample, RecordOnly};
use opentelemetry_sdk::trace::{SamplingResult, ShouldSample};

use super::adaptive::AdaptiveSampling;
use super::base_rate::BaseRate;
use super::decision::{Given, HeadDecision};
use super::pending::Pending;
use super::span_start::SpanStart;

/// The sampler of a provider.
#[derive(Debug)]
pub(crate) enum Head {
    /// Follows the decision on the parent, and samples a span without a parent. This is the
    /// default.
    ParentBased,
    /// Records everything, and decides at the end of a trace.
    Adaptive(BaseRate),
    /// A sampler that the user has set.
    Own(Box<dyn ShouldSample>),
}

impl Head {
    /// Returns the sampler for these settings and, with adaptive sampling, the place where traces
    /// wait for the decision at their end.
    pub(crate) fn choose(
        own: Option<Box<dyn ShouldSample>>,
        adaptive: Option<AdaptiveSampling>,
    ) -> (Head, Option<Pending>) {
        match (own, adaptive) {
            (_, Some(sampling)) => {
                let rate = BaseRate::new(sampling.base_rate);
                let pending = Pending::new(sampling, rate.clone());
                (Head::Adaptive(rate), Some(pending))
            }
            (Some(own), None) => (Head::Own(own), None),
            (None, None) => (Head::ParentBased, None),
        }
    }

    /// Decides on a span from the context of the span above alone. That context is invalid for the
    /// first span of a trace. Returns `None` if the context is not enough to decide.
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

    /// Decides on a span below `parent`, whose span has the context `above`.
    #[inline]
    pub(crate) fn sample(
        &self,
        parent: &Context,
        above: &SpanContext,
        trace_id: TraceId,
        span: &SpanStart<'_>,
    ) -> HeadDecision {
        match self {
            Head::ParentBased => HeadDecision::of(as_parent(above)),
            Head::Adaptive(rate) => match self.follow(above) {
                Some(decision) => HeadDecision::of(decision),
                None => rate.sample(above, trace_id),
            },
            Head::Own(sampler) => own(sampler.as_ref(), parent, above, trace_id, span),
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

#[inline]
fn own(
    sampler: &dyn ShouldSample,
    parent: &Context,
    above: &SpanContext,
    trace_id: TraceId,
    span: &SpanStart<'_>,
) -> HeadDecision {
    let SamplingResult {
        decision,
        attributes,
        trace_state,
    } = sampler.should_sample(
        above.is_valid().then_some(parent),
        trace_id,
        span.name(),
        span.kind,
        span.attributes,
        span.links,
    );
    let given = Given {
        trace_state,
        attributes,
    };
    HeadDecision::of(decision).given(above, given)
}
