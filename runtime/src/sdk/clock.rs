//! The time of spans: monotonic, and fast to read; brought to the wall clock's when spans are exported.
//!
//! A thread writes down the ticks of its processor's counter, or nanoseconds where there is none. The background thread makes
//! nanoseconds of them, and wall-clock time, as the two clocks stood to each other when it last looked.

use std::cell::Cell;
use std::hash::{Hash, Hasher};
use std::sync::LazyLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The nanoseconds of a tick, in parts of 2⁴⁸.
static RATE: LazyLock<u64> = LazyLock::new(|| {
    let long = Duration::from_secs(1_000_000);
    let ticks = fastant::Instant::ZERO.checked_add(long).map_or(0, ticks);
    let parts = (long.as_nanos() << 48).checked_div(u128::from(ticks));
    parts.map_or(1 << 48, |parts| u64::try_from(parts).unwrap_or(u64::MAX))
});
thread_local! {
    /// What is to be added to the monotonic nanoseconds for those of the wall clock. A background thread has its own, so that
    /// all times of a span are brought to the same wall clock.
    static OFFSET: Cell<i64> = const { Cell::new(0) };
}

/// Returns the ticks so far, which only grow.
#[inline]
pub(crate) fn now() -> u64 {
    ticks(fastant::Instant::now())
}

/// The ticks of an instant, which shows them to hashers alone.
#[inline]
fn ticks(instant: fastant::Instant) -> u64 {
    struct Ticks(u64);
    impl Hasher for Ticks {
        fn finish(&self) -> u64 {
            self.0
        }

        #[inline]
        fn write(&mut self, _: &[u8]) {}

        #[inline]
        fn write_u64(&mut self, ticks: u64) {
            self.0 = ticks;
        }
    }
    let mut ticks = Ticks(0);
    instant.hash(&mut ticks);
    ticks.finish()
}

/// The ticks of a second.
#[inline]
pub(crate) fn second() -> u64 {
    static SECOND: LazyLock<u64> = LazyLock::new(|| {
        let second = fastant::Instant::ZERO.checked_add(Duration::from_secs(1));
        second.map_or(u64::MAX, ticks)
    });
    *SECOND
}

/// The nanoseconds that so many ticks take.
#[inline]
#[expect(
    clippy::cast_possible_truncation,
    reason = "nanoseconds fit, for as long as a process lasts"
)]
fn nanoseconds_of(ticks: u64) -> u64 {
    ((u128::from(ticks) * u128::from(*RATE)) >> 48) as u64
}

/// Looks at the wall clock, which may have been set or have drifted since, for what this thread reads from now on.
pub(crate) fn anchor() {
    let wall = nanoseconds(SystemTime::now());
    let offset = wall.wrapping_sub(nanoseconds_of(now()));
    OFFSET.set(offset.cast_signed());
}

/// When something happened: by our clock, or by the wall clock of whoever said so.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Time {
    Ticks(u64),
    /// Nanoseconds since the epoch.
    Given(u64),
}

impl Time {
    #[inline]
    pub(crate) fn now() -> Time {
        Time::Ticks(now())
    }

    /// A time that somebody gave.
    pub(crate) fn given(time: SystemTime) -> Time {
        Time::Given(nanoseconds(time))
    }

    /// In nanoseconds since the epoch, by the wall clock.
    #[inline]
    pub(crate) fn nanoseconds(self) -> u64 {
        self.nanoseconds_by(OFFSET.get())
    }

    #[inline]
    fn nanoseconds_by(self, offset: i64) -> u64 {
        match self {
            Time::Ticks(ticks) => nanoseconds_of(ticks).saturating_add_signed(offset),
            Time::Given(nanoseconds) => nanoseconds,
        }
    }

    /// By the wall clock.
    #[inline]
    pub(crate) fn wall(self) -> SystemTime {
        UNIX_EPOCH + Duration::from_nanos(self.nanoseconds())
    }

    /// How many nanoseconds later than `start` this is.
    pub(crate) fn since(self, start: Time) -> u64 {
        self.since_by(start, OFFSET.get())
    }

    fn since_by(self, start: Time, offset: i64) -> u64 {
        match (start, self) {
            (Time::Ticks(start), Time::Ticks(end)) => nanoseconds_of(end.saturating_sub(start)),
            _ => self
                .nanoseconds_by(offset)
                .saturating_sub(start.nanoseconds_by(offset)),
        }
    }
}

/// Nanoseconds since the epoch; times before it are the epoch.
fn nanoseconds(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn ticks_are_as_long_as_those_of_the_standard_clock() {
        let outer = Instant::now();
        let start = Time::now();
        let inner = Instant::now();
        while inner.elapsed() < Duration::from_millis(20) {}
        let shortest = inner.elapsed().as_secs_f64();
        let ours = Time::now().since(start);
        let longest = outer.elapsed().as_secs_f64();
        let ours = Duration::from_nanos(ours).as_secs_f64();
        assert!(ours > shortest * 0.99 && ours < longest * 1.01);
        assert!(nanoseconds_of(second()).abs_diff(1_000_000_000) < 10);
    }

    #[test]
    fn a_duration_is_of_one_clock_though_the_wall_clock_was_set() {
        let hour = 3_600_000_000_000_u64;
        let start = Time::Ticks(second());
        // Two seconds later, by a wall clock that is ten hours ahead of ours by then.
        let end = Time::Given(10 * hour + 3_000_000_000);
        let seconds = end.since_by(start, (10 * hour).cast_signed());
        assert!(seconds.abs_diff(2_000_000_000) < 10, "{seconds}");
    }
}
