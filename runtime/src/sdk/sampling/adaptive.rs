//! The settings of adaptive sampling.

use std::time::Duration;

/// Settings for adaptive sampling, which keeps the traces that matter.
///
/// Every span is recorded. When the first span of a trace in this process has ended, the provider
/// decides whether to keep the trace:
///
/// - A trace that has an error in any span is kept with `error_rate`.
/// - A trace whose first span took longer than `slow_threshold` is kept with `slow_rate`.
/// - A trace that comes from another process, and is sampled there, is always kept.
/// - All other traces are kept with `base_rate`.
///
/// Rates are probabilities from 0 to 1. They are consistent: they compare the trace id's random
/// bits, so two services with the same rate keep the same traces. What the base rate keeps is known
/// at the start. It carries the sampled flag, and `ot=th` in its `tracestate`, so services
/// downstream keep it too. A trace that is kept for an error or for being slow is marked as sampled
/// when it is exported. What other services have dropped by then stays dropped.
///
/// Backends can tell from the exported spans how many there were: all spans of a trace carry in
/// `ot=th` the largest of the rates that applied to it. With an `error_rate` of 1, an error counts
/// as one, even if the base rate would have kept its trace too. A span carries no rate if none is
/// known: if the parent in another process has none, or if `max_traces_per_second` limits the
/// traces.
///
/// The first span of a kept trace says why it was kept, in its attribute `sampling.reason`: `base`,
/// `parent`, `error` or `slow`.
///
/// Write it as a literal that ends in `..AdaptiveSampling::default()`, as below. New settings may
/// be added, so a literal that names all of them may stop compiling.
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
    /// The fraction of ordinary traces to keep. Default: 0.01.
    pub base_rate: f64,
    /// The fraction of traces with an error to keep. Default: 1.
    pub error_rate: f64,
    /// The fraction of slow traces to keep. Default: 0.5.
    pub slow_rate: f64,
    /// The duration from which a trace is slow. Default: 500 ms.
    pub slow_threshold: SlowThreshold,
    /// The maximum number of traces per second that the base rate keeps. The rate is lowered if it
    /// would keep more. In addition, at most the same number of traces is kept for an error or for
    /// being slow. Default: no limit.
    pub max_traces_per_second: Option<f64>,
    /// The maximum number of traces that wait for their decision. Default: 10,000.
    pub max_traces: usize,
    /// The maximum number of spans that are kept of a waiting trace. Default: 10,000.
    pub max_spans_per_trace: usize,
    /// The maximum size of all waiting traces, in bytes. Default: 16 MiB.
    pub max_bytes: usize,
    /// The maximum time that a trace waits. After that, it is decided by the spans that have ended.
    /// Default: 60 s.
    pub max_age: Duration,
}

/// The duration from which a trace is slow.
///
/// Durations do not change if the wall clock is set. Only if the start or the end of a span was given
/// to the OpenTelemetry API, both are taken by the wall clock.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum SlowThreshold {
    /// A trace is slow if its first span in this process takes longer than this.
    Fixed(Duration),
    /// A trace is slow if its first span in this process takes longer than this fraction, from 0 to
    /// 1, of the last 256 spans of the same name. A span is never slow before there
    /// have been 64 of its name.
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
