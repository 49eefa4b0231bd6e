//! Measures processor time.

use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

/// The processor time of the calling thread, or of the process, since the start.
pub(crate) struct ProcessorTime {
    clock: ClockId,
    start: Duration,
}

impl ProcessorTime {
    pub(crate) fn of_thread() -> ProcessorTime {
        ProcessorTime::start(ClockId::CLOCK_THREAD_CPUTIME_ID)
    }

    pub(crate) fn of_process() -> ProcessorTime {
        ProcessorTime::start(ClockId::CLOCK_PROCESS_CPUTIME_ID)
    }

    fn start(clock: ClockId) -> ProcessorTime {
        let start = now(clock);
        ProcessorTime { clock, start }
    }

    pub(crate) fn elapsed(&self) -> Duration {
        now(self.clock).saturating_sub(self.start)
    }
}

fn now(clock: ClockId) -> Duration {
    clock_gettime(clock).expect("Linux has the clock").into()
}
