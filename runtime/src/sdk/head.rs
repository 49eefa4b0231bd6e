//! The decision at a span's start.

use opentelemetry::Context;
use opentelemetry::KeyValue;
use opentelemetry::trace::{SpanContext, TraceContextExt, TraceId, TraceState};
use opentelemetry_sdk::trace::{SamplingDecision, SamplingResult, ShouldSample};

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
    pub(crate) is_recording: bool,
    pub(crate) is_sampled: bool,
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
                let is_sampled = !above.is_valid() || above.is_sampled();
                Sampling::simple(is_sampled, is_sampled, above.trace_state().clone())
            }
            Head::Adaptive(rate) => rate.sample(above, trace_id),
            Head::Own(sampler) => own(sampler.as_ref(), parent, trace_id, start),
        }
    }
}

impl Sampling {
    pub(crate) fn simple(
        is_recording: bool,
        is_sampled: bool,
        trace_state: TraceState,
    ) -> Sampling {
        Sampling {
            is_recording,
            is_sampled,
            trace_state,
            attributes: Vec::new(),
        }
    }
}

fn own(
    sampler: &dyn ShouldSample,
    parent: &Context,
    trace_id: TraceId,
    start: &Beginning<'_>,
) -> Sampling {
    let SamplingResult {
        decision,
        attributes,
        trace_state,
    } = sampler.should_sample(
        Some(parent).filter(|parent| parent.span().span_context().is_valid()),
        trace_id,
        start.name(),
        start.kind,
        start.attributes,
        start.links,
    );
    Sampling {
        // A span that is recorded and not sampled is not exported; here it could be of use to nobody else.
        is_recording: decision != SamplingDecision::Drop,
        is_sampled: decision == SamplingDecision::RecordAndSample,
        trace_state,
        attributes,
    }
}
