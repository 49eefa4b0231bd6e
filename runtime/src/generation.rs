//! Numbers the tracer providers in the order in which they were set, so that a thread can tell when
//! what it remembers about a provider is out of date.

use std::sync::atomic::{AtomicU32, Ordering};

/// The number of times that all threads were made to ask again, such as when a provider was set
/// through this crate or shut down.
static GENERATION: AtomicU32 = AtomicU32::new(0);

/// Returns the current generation. Everything that was done before it began is visible to this
/// thread.
#[inline]
pub(crate) fn current() -> u32 {
    GENERATION.load(Ordering::Acquire)
}

/// Returns `true` if this generation is the current one, as far as this thread can see without
/// synchronization.
#[inline]
pub(crate) fn is_current(generation: u32) -> bool {
    GENERATION.load(Ordering::Relaxed) == generation
}

/// Returns `true` if there has been a provider, as far as this thread can see without
/// synchronization.
pub(crate) fn is_any() -> bool {
    GENERATION.load(Ordering::Relaxed) != 0
}

/// Starts a new generation. Returns `true` for the first one.
pub(crate) fn raise() -> bool {
    GENERATION.fetch_add(1, Ordering::Release) == 0
}
