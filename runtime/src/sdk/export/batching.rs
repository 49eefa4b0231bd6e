//! When spans are exported.

use std::time::Duration;

/// When spans are exported.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Batching {
    /// How long ended spans may wait for more.
    pub(crate) delay: Duration,
    /// How many spans are exported at once.
    pub(crate) size: usize,
    /// How long an export may take.
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
