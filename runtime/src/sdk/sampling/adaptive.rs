//! Adaptive sampling: what is asked for, and the decision at a trace's start.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use opentelemetry::trace::{SpanContext, TraceId, TraceState};
use opentelemetry_sdk::trace::SamplingDecision;

use super::head::{Given, Sampling};

/// Sampling that keeps what matters: every span is recorded, and whether its trace is kept is decided when the first span of
/// the trace in this process has ended.
///
/// - A trace with an error anywhere below that span is kept with `error_rate`.
/// - One whose first span took longer than `slow_threshold` is kept with `slow_rate`.
/// - All else is kept with `base_rate`, and so is what a sampled parent in another process asks for, always.
///
/// Rates are probabilities from 0 to 1, and consistent: they look at the trace id's random bits, so that two services of
/// the same rate keep the same traces. What the base rate keeps is known at the start, and carries the sampled flag and
/// `ot=th` in its `tracestate`, so services downstream keep it too. What an error or slowness rescues is sampled at export
/// only: what other services have dropped by then stays dropped.
///
/// The first span of a kept trace says why, in its attribute `sampling.reason`: `base`, `parent`, `error` or `slow`.
///
/// It is written as a literal that ends in `..AdaptiveSampling::default()`, as below: so it is not `#[non_exhaustive]`, and a
/// new setting breaks only a literal that names them all.
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use opentelemetry_sdk::trace::InMemorySpanExporter;
/// use traced::sdk::{AdaptiveSampling, TracerProvider};
///
/// let provider = TracerProvider::builder()
///     .with_exporter(InMemorySpanExporter::default())
///     .with_adaptive_sampling(AdaptiveSampling {
///         base_rate: 0.05,
///         slow_threshold: Duration::from_millis(200).into(),
///         ..AdaptiveSampling::default()
///     })
///     .build();
/// # provider.shutdown();
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct AdaptiveSampling {
    /// The part of the usual traces that is kept. Default: 0.01.
    pub base_rate: f64,
    /// The part of the traces with an error that is kept. Default: 1.
    pub error_rate: f64,
    /// The part of the slow traces that is kept. Default: 0.5.
    pub slow_rate: f64,
    /// What is slow. Default: 500 ms.
    pub slow_threshold: SlowThreshold,
    /// The most traces that are kept in a second: the base rate falls when there would be more. Those with an error and the
    /// slow ones have as many of their own. Default: no limit.
    pub max_traces_per_second: Option<f64>,
    /// The most traces that wait for their decision. Default: 10,000.
    pub max_traces: usize,
    /// The most spans of one that are kept. Default: 10,000.
    pub max_spans_per_trace: usize,
    /// The most bytes that all of them take. Default: 16 MiB.
    pub max_bytes: usize,
    /// How long a trace may wait; then it is decided on what there is. Default: 60 s.
    pub max_age: Duration,
}

/// When a trace is slow.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum SlowThreshold {
    /// When its first span in this process takes longer than this.
    Fixed(Duration),
    /// When that takes longer than this part, from 0 to 1, of the last 256 of the same name; none is slow before there were
    /// 64.
    Quantile(f64),
}

impl From<Duration> for SlowThreshold {
    fn from(duration: Duration) -> SlowThreshold {
        SlowThreshold::Fixed(duration)
    }
}

impl Default for AdaptiveSampling {
    fn default() -> AdaptiveSampling {
        AdaptiveSampling {
            base_rate: 0.01,
            error_rate: 1.0,
            slow_rate: 0.5,
            slow_threshold: SlowThreshold::Fixed(Duration::from_millis(500)),
            max_traces_per_second: None,
            max_traces: 10_000,
            max_spans_per_trace: 10_000,
            max_bytes: 16 * 1024 * 1024,
            max_age: Duration::from_secs(60),
        }
    }
}

/// 2⁵⁶: how many values the random part of a trace id has.
const RANDOM_VALUES: f64 = 72_057_594_037_927_936.0;

/// The rejection threshold of a rate, as OpenTelemetry's consistent sampling has it: what is below it is dropped.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the product is from 0 to 2⁵⁶"
)]
pub(crate) fn threshold(rate: f64) -> u64 {
    ((1.0 - rate.clamp(0.0, 1.0)) * RANDOM_VALUES).round() as u64
}

/// The random part of a trace id.
pub(crate) fn randomness(trace_id: TraceId) -> u64 {
    let bytes = trace_id.to_bytes();
    let mut low = [0; 8];
    low[1..].copy_from_slice(&bytes[9..]);
    u64::from_be_bytes(low)
}

/// Whether there is adaptive sampling in this process.
static IS_USED: AtomicBool = AtomicBool::new(false);

/// Returns `true` if a provider of this process records everything: then a span that is neither sampled nor recording may be
/// one that is over.
#[inline]
pub(crate) fn records_everything() -> bool {
    IS_USED.load(Ordering::Relaxed)
}

/// The base rate, which the background thread moves where a budget is to be held.
#[derive(Clone, Debug)]
pub(crate) struct BaseRate(Arc<AtomicU64>);

impl BaseRate {
    pub(crate) fn new(rate: f64) -> BaseRate {
        IS_USED.store(true, Ordering::Relaxed);
        BaseRate(Arc::new(AtomicU64::new(threshold(rate))))
    }

    pub(crate) fn set(&self, rate: f64) {
        self.0.store(threshold(rate), Ordering::Relaxed);
    }

    /// Decides on a new trace. Everything is recorded; sampled is what the base rate keeps, and what is below it.
    pub(crate) fn sample(&self, above: &SpanContext, trace_id: TraceId) -> Sampling {
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
        Sampling::of(decision).given(above, given)
    }
}

/// A threshold's 14 hexadecimal digits without the zeros at their end.
fn digits(threshold: u64) -> String {
    let digits = format!("{threshold:014x}");
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        "0".to_owned()
    } else {
        significant.to_owned()
    }
}
