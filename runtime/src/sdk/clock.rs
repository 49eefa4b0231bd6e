//! The time of spans: monotonic, and fast to read; anchored to the wall clock when spans are exported.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use fastant::{Anchor, Instant};

use crate::sdk::record::nanoseconds;

static ANCHOR: LazyLock<Anchor> = LazyLock::new(Anchor::new);
/// What is to be added to the monotonic time for that of the wall clock.
static OFFSET: AtomicI64 = AtomicI64::new(0);

/// Now, in nanoseconds that only go forward. They count from the epoch as the wall clock had it when the process began.
#[inline]
pub(crate) fn now() -> u64 {
    Instant::now().as_unix_nanos(&ANCHOR)
}

/// Looks at the wall clock, which may have been set or have drifted since.
pub(crate) fn anchor() {
    let offset = nanoseconds(SystemTime::now()).wrapping_sub(now());
    OFFSET.store(offset.cast_signed(), Ordering::Relaxed);
}

/// The wall clock's time.
pub(crate) fn wall(monotonic: u64) -> SystemTime {
    let offset = OFFSET.load(Ordering::Relaxed);
    given(monotonic.saturating_add_signed(offset))
}

/// A time that was given by the wall clock.
pub(crate) fn given(nanoseconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_nanos(nanoseconds)
}
