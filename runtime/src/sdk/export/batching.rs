//! The settings of batches.

use std::time::Duration;

/// The settings that say when spans are exported.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Batching {
    /// The time that ended spans wait for others, to be exported together.
    pub(crate) delay: Duration,
    /// The maximum number of spans in one export.
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
