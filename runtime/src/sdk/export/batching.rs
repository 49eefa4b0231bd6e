//! Decides when spans are exported.

use std::time::Duration;

/// The settings that say when spans are exported.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Batching {
    /// The time that ended spans may wait for others to be exported with.
    pub(crate) delay: Duration,
    /// The number of spans that are exported at once.
    pub(crate) size: usize,
    /// The time limit of an export.
    pub(crate) limit: Duration,
}

/// The defaults of `OTEL_BSP_*`, by OpenTelemetry's specification.
pub(crate) mod defaults {
    use std::time::Duration;

    pub(crate) const QUEUE: usize = 2_048;
    pub(crate) const SIZE: usize = 512;
    pub(crate) const DELAY: Duration = Duration::from_secs(5);
    pub(crate) const LIMIT: Duration = Duration::from_secs(30);
}
