//! Code that is not ours and must not take the application down.

use std::panic::{self, AssertUnwindSafe};

/// What `f` returns; `None` if it panics.
#[inline]
pub(crate) fn contained<R>(f: impl FnOnce() -> R) -> Option<R> {
    panic::catch_unwind(AssertUnwindSafe(f)).ok()
}
