//! When finished spans are exported: `OTEL_BSP_*`.

use std::time::Duration;

use super::super::environment;
use super::super::error::InitError;

/// When finished spans are exported.
pub(in super::super) struct Batch {
    /// How many spans wait at most.
    pub(in super::super) queue: usize,
    /// How many are exported at once.
    pub(in super::super) size: usize,
    /// How long they wait at most.
    pub(in super::super) delay: Duration,
}

impl Batch {
    pub(in super::super) fn from_environment() -> Result<Batch, InitError> {
        let queue = spans("OTEL_BSP_MAX_QUEUE_SIZE")?.unwrap_or(2_048);
        let size = spans("OTEL_BSP_MAX_EXPORT_BATCH_SIZE")?.unwrap_or(512);
        let delay = milliseconds(&["OTEL_BSP_SCHEDULE_DELAY"])?;
        Ok(Batch {
            queue,
            size: size.min(queue),
            delay: delay.unwrap_or(Duration::from_secs(5)),
        })
    }
}

fn spans(name: &'static str) -> Result<Option<usize>, InitError> {
    let accepted = "a whole number of spans, 1 or more";
    environment::read(&[name], accepted, |value| {
        value.parse().ok().filter(|number| *number > 0)
    })
}

/// A time in a variable.
pub(super) fn milliseconds(names: &[&'static str]) -> Result<Option<Duration>, InitError> {
    let accepted = "a whole number of milliseconds, 1 or more";
    environment::read(names, accepted, |value| {
        let number = value.parse().ok().filter(|number| *number > 0);
        number.map(Duration::from_millis)
    })
}
