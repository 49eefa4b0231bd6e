//! The clock of spans: it is monotonic and fast to read, and converted to wall-clock time at the
//! export.
//!
//! A thread records the ticks of the processor's counter, or nanoseconds if there is no such
//! counter. The background thread converts them to nanoseconds of the wall clock, by the offset
//! between the two clocks that it last measured.

use std::cell::Cell;
use std::hash::{Hash, Hasher};
use std::sync::LazyLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The nanoseconds per tick, times 2⁴⁸.
static RATE: LazyLock<u64> = LazyLock::new(|| {
    let long = Duration::from_secs(1_000_000);
    let ticks = fastant::Instant::ZERO.checked_add(long).map_or(0, ticks);
    let parts = (long.as_nanos() << 48).checked_div(u128::from(ticks));
    parts.map_or(1 << 48, |parts| u64::try_from(parts).unwrap_or(u64::MAX))
});
thread_local! {
    /// The offset from monotonic nanoseconds to those of the wall clock. Each background thread has
    /// its own, so that all times of a span are converted by the same offset.
    static OFFSET: Cell<i64> = const { Cell::new(0) };
}

/// Returns the current time in ticks, which never decrease.
#[inline]
pub(crate) fn now() -> u64 {
    ticks(fastant::Instant::now())
}

/// Returns the ticks of an instant. A hasher is the only way to get at them.
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

/// Returns the ticks per second.
#[inline]
pub(crate) fn second() -> u64 {
    static SECOND: LazyLock<u64> = LazyLock::new(|| {
        let second = fastant::Instant::ZERO.checked_add(Duration::from_secs(1));
        second.map_or(u64::MAX, ticks)
    });
    *SECOND
}

/// Converts a number of ticks to nanoseconds.
#[inline]
#[expect(
    clippy::cast_possible_truncation,
    reason = "the nanoseconds of a process's life fit"
)]
fn nanoseconds_of(ticks: u64) -> u64 {
    ((u128::from(ticks) * u128::from(*RATE)) >> 48) as u64
}

/// Measures the offset to the wall clock, for the times that this thread converts from now on. The
/// wall clock may have been set since the last time.
pub(crate) fn anchor() {
    let wall = nanoseconds(SystemTime::now());
    let offset = wall.wrapping_sub(nanoseconds_of(now()));
    OFFSET.set(offset.cast_signed());
}

/// A point in time, by our clock or by the wall clock.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Time {
    /// Ticks of our clock.
    Ticks(u64),
    /// Nanoseconds since the epoch, as the user gave them.
    Given(u64),
}

impl Time {
    #[inline]
    pub(crate) fn now() -> Time {
        Time::Ticks(now())
    }

    /// Creates the time that the user gave.
    pub(crate) fn given(time: SystemTime) -> Time {
        Time::Given(nanoseconds(time))
    }

    /// Returns the nanoseconds since the epoch, by the wall clock.
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

    /// Converts the time to the wall clock's.
    #[inline]
    pub(crate) fn wall(self) -> SystemTime {
        UNIX_EPOCH + Duration::from_nanos(self.nanoseconds())
    }

    /// Returns the nanoseconds from `start` to this time, or 0 if `start` is later.
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

/// Returns the nanoseconds since the epoch, or 0 for a time before it.
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
    fn a_span_is_as_long_as_it_was_though_the_wall_clock_was_set_meanwhile() {
        const HOUR: i64 = 3_600_000_000_000;
        for step in [HOUR, -HOUR] {
            anchor();
            let start = Time::now();
            // The wall clock is set, and the background thread measures the offset again.
            OFFSET.set(OFFSET.get() + step);
            let end = Time::now();
            assert!(end.since(start) < HOUR.unsigned_abs() / 2);
            let exported = end.nanoseconds() - start.nanoseconds();
            assert!(exported.abs_diff(end.since(start)) < 2);
        }
    }

    #[test]
    fn a_duration_is_of_one_clock_though_the_wall_clock_was_set() {
        let hour = 3_600_000_000_000_u64;
        let start = Time::Ticks(second());
        // This is two seconds later, by a wall clock that has moved ten hours ahead of ours.
        let end = Time::Given(10 * hour + 3_000_000_000);
        let seconds = end.since_by(start, (10 * hour).cast_signed());
        assert!(seconds.abs_diff(2_000_000_000) < 10, "{seconds}");
    }
}
