//! Reads when spans and log records are exported, and how many at once, from `OTEL_BSP_*` and
//! `OTEL_BLRP_*`.

use std::time::Duration;

use super::super::environment;
use super::super::error::InitError;
use super::super::signal::Signal;
use crate::sdk::defaults;

/// The settings that determine when spans or log records are exported.
pub(in super::super) struct Batch {
    /// The maximum number of spans or log records that wait for their export.
    pub(in super::super) queue: usize,
    /// The maximum number of spans or log records in one export.
    pub(in super::super) size: usize,
    /// The time after which spans or log records are exported even if they are fewer than `size`.
    pub(in super::super) delay: Duration,
}

/// Evaluates to the name of the batch variable for an option of a signal.
macro_rules! name {
    ($signal:expr, $option:literal) => {
        match $signal {
            Signal::Traces => concat!("OTEL_BSP_", $option),
            #[cfg(feature = "logs")]
            Signal::Logs => concat!("OTEL_BLRP_", $option),
        }
    };
}
pub(super) use name;

impl Batch {
    pub(in super::super) fn from_environment(signal: Signal) -> Result<Batch, InitError> {
        let queue = count(name!(signal, "MAX_QUEUE_SIZE"))?.unwrap_or(defaults::QUEUE);
        let size = count(name!(signal, "MAX_EXPORT_BATCH_SIZE"))?.unwrap_or(defaults::SIZE);
        let delay = milliseconds(&[name!(signal, "SCHEDULE_DELAY")])?;
        Ok(Batch {
            queue,
            size: size.min(queue),
            delay: delay.unwrap_or(match signal {
                Signal::Traces => defaults::DELAY,
                #[cfg(feature = "logs")]
                Signal::Logs => Duration::from_secs(1),
            }),
        })
    }
}

fn count(name: &'static str) -> Result<Option<usize>, InitError> {
    environment::read(&[name], "a whole number, 1 or more", |value| {
        value.parse().ok().filter(|number| *number > 0)
    })
}

/// Reads a time in milliseconds from the first of these variables that is set. Zero is an error.
pub(super) fn milliseconds(names: &[&'static str]) -> Result<Option<Duration>, InitError> {
    let accepted = "a whole number of milliseconds, 1 or more";
    environment::read(names, accepted, |value| {
        let number = value.parse().ok().filter(|number| *number > 0);
        number.map(Duration::from_millis)
    })
}
