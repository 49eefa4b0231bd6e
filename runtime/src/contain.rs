//! Runs foreign code that must not take the application down.

use std::panic::{self, AssertUnwindSafe};

/// Returns what `f` returns, or `None` if it panics.
#[inline]
pub(crate) fn catch<R>(f: impl FnOnce() -> R) -> Option<R> {
    panic::catch_unwind(AssertUnwindSafe(f)).ok()
}
