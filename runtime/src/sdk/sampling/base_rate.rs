//! The decision of adaptive sampling at the start of a trace.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use opentelemetry::trace::{SpanContext, TraceId, TraceState};
use opentelemetry_sdk::trace::SamplingDecision;

use super::decision::{Given, HeadDecision};
use super::probability::{randomness, threshold, with_threshold};

/// `true` once a provider of this process uses adaptive sampling, even after its shutdown.
static IS_USED: AtomicBool = AtomicBool::new(false);

/// Returns `true` if a provider of this process uses adaptive sampling, or has used it, and so
/// records every span. In that case, a span that is neither sampled nor recording may be one that
/// was recorded and has ended.
#[inline]
pub(crate) fn records_everything() -> bool {
    IS_USED.load(Ordering::Relaxed)
}

/// The base rate, as its rejection [`threshold`]. The background thread adjusts it to stay within
/// the budget.
#[derive(Clone, Debug)]
pub(crate) struct BaseRate(Arc<AtomicU64>);

impl BaseRate {
    pub(crate) fn new(rate: f64) -> BaseRate {
        IS_USED.store(true, Ordering::Relaxed);
        BaseRate(Arc::new(AtomicU64::new(threshold(rate))))
    }

    pub(super) fn set(&self, rate: f64) {
        self.0.store(threshold(rate), Ordering::Relaxed);
    }

    /// Decides on a new trace. The trace is always recorded, and sampled if the base rate keeps it.
    pub(super) fn sample(&self, above: &SpanContext, trace_id: TraceId) -> HeadDecision {
        let threshold = self.0.load(Ordering::Relaxed);
        let is_sampled = randomness(trace_id, &TraceState::NONE) >= threshold;
        let trace_state = if is_sampled {
            with_threshold(&TraceState::NONE, Some(threshold))
        } else {
            TraceState::NONE
        };
        let given = Given {
            trace_state,
            attributes: Vec::new(),
        };
        let decision = if is_sampled {
            SamplingDecision::RecordAndSample
        } else {
            SamplingDecision::RecordOnly
        };
        HeadDecision::of(decision).given(above, given)
    }
}
