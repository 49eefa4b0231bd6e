//! The decision of adaptive sampling at the start of a trace.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use opentelemetry::trace::{SpanContext, TraceId, TraceState};
use opentelemetry_sdk::trace::SamplingDecision;

use super::decision::{Given, HeadDecision};

/// The number of values that the random part of a trace id has: 2⁵⁶.
const RANDOM_VALUES: f64 = 72_057_594_037_927_936.0;

/// Returns the rejection threshold of a rate, as in OpenTelemetry's consistent sampling: a trace
/// whose [`randomness`] is below it is dropped.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the product is from 0 to 2⁵⁶"
)]
pub(super) fn threshold(rate: f64) -> u64 {
    ((1.0 - rate.clamp(0.0, 1.0)) * RANDOM_VALUES).round() as u64
}

/// Returns the random part of a trace id.
pub(super) fn randomness(trace_id: TraceId) -> u64 {
    let bytes = trace_id.to_bytes();
    let mut low = [0; 8];
    low[1..].copy_from_slice(&bytes[9..]);
    u64::from_be_bytes(low)
}

/// `true` if a provider of this process uses adaptive sampling.
static IS_USED: AtomicBool = AtomicBool::new(false);

/// Returns `true` if a provider of this process records everything. In that case, a span that is
/// not sampled and does not record may be one that has ended.
#[inline]
pub(crate) fn records_everything() -> bool {
    IS_USED.load(Ordering::Relaxed)
}

/// The base rate. The background thread lowers it to keep within a budget.
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

    /// Decides on a new trace. It is recorded in any case, and sampled if the base rate keeps it.
    pub(super) fn sample(&self, above: &SpanContext, trace_id: TraceId) -> HeadDecision {
        let threshold = self.0.load(Ordering::Relaxed);
        let is_sampled = randomness(trace_id) >= threshold;
        let trace_state = if is_sampled {
            let state = TraceState::from_key_value([("ot", format!("th:{}", digits(threshold)))]);
            state.unwrap_or_default()
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

/// Formats a threshold as 14 hexadecimal digits, without trailing zeros.
fn digits(threshold: u64) -> String {
    let digits = format!("{threshold:014x}");
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        "0".to_owned()
    } else {
        significant.to_owned()
    }
}
