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
/// - A trace that begins in this process is also kept with `base_rate`, whatever happens in it.
///
/// Rates are probabilities from 0 to 1. They are consistent: each is compared with the random bits
/// of the trace id, or with `ot=rv` in the `tracestate`, so a trace that passes a rate in one
/// service passes the same rate in all others. Whether the base rate keeps a trace is known at its
/// start. Such a trace carries the sampled flag, and `ot=th` in its `tracestate`, so services
/// downstream can keep it too. A trace that is kept for an error or for being slow is marked as
/// sampled when it is exported. Spans that other services have dropped by then are lost.
///
/// Backends can tell from the exported spans how many there were: `ot=th` in each span of a trace
/// stands for the largest of the rates that applied to the trace. With an `error_rate` of 1, a
/// trace with an error counts once, even if the base rate would have kept it too. `ot=th` is left
/// out where the rate is not known: usually if a sampled parent in another process has none, and,
/// with `max_traces_per_second`, if the trace is kept for an error or for being slow.
///
/// The first span of a kept trace in this process says why the trace was kept, in its attribute
/// `sampling.reason`: `base`, `parent`, `error` or `slow`.
///
/// Write the settings as a literal that ends in `..AdaptiveSampling::default()`, as below. New
/// settings may be added, so a literal that names all of them may stop compiling.
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
    /// The fraction to keep of the traces that begin in this process, whatever happens in them.
    /// Default: 0.01.
    pub base_rate: f64,
    /// The fraction to keep of the traces with an error. Default: 1.
    pub error_rate: f64,
    /// The fraction to keep of the slow traces. Default: 0.5.
    pub slow_rate: f64,
    /// The duration above which a trace is slow. Default: 500 ms.
    pub slow_threshold: SlowThreshold,
    /// The maximum number of traces per second that the base rate keeps, on average. About once a
    /// second, the rate is adjusted to the number of traces that begin in this process, up to
    /// `base_rate`. In addition, at most the same number of traces per second is kept for an error
    /// or for being slow. Default: no limit.
    pub max_traces_per_second: Option<f64>,
    /// The maximum number of traces that wait for their decision. Beyond that, the oldest trace
    /// that has no error and is not sure to be kept is dropped. If there is none, the oldest trace
    /// is decided by the spans that have ended. Default: 10,000.
    pub max_traces: usize,
    /// The maximum number of spans that a trace can hold while it waits. Beyond that, a trace that
    /// is sure to be kept is exported early. Any other trace loses all further spans but its first
    /// in this process. Default: 10,000.
    pub max_spans_per_trace: usize,
    /// The maximum size of all waiting traces, in bytes. Beyond that, traces make room as for
    /// `max_traces`. Default: 16 MiB.
    pub max_bytes: usize,
    /// The maximum time that a trace waits. After that, the trace is decided by the spans that have
    /// ended. Default: 60 s.
    pub max_age: Duration,
}

/// The duration above which a trace is slow.
///
/// Durations are measured by a monotonic clock, so setting the wall clock does not change them. The
/// exception is a span whose start or end time was given to the OpenTelemetry API: both of its
/// times are then taken by the wall clock.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum SlowThreshold {
    /// A trace is slow if its first span in this process takes longer than this.
    Fixed(Duration),
    /// A trace is slow if its first span in this process takes longer than this fraction, from 0 to
    /// 1, of the last 256 such spans with the same name. A span is never slow before 64 others with
    /// its name have ended, or if its name is not among the first 1,000 names.
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
