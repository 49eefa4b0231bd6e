//! What threads share; `tests/race` has a model checker's in their place, and rings so small that it can try every order.

pub(crate) use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
pub(crate) use std::sync::{Arc, Mutex, MutexGuard};

/// The bytes of the smallest ring.
pub(crate) const SMALLEST: usize = 16 * 1024;
/// The bytes of all rings for each span that may wait, where that is less than what they may take at most.
pub(crate) const RINGS_PER_SPAN: usize = 12 * 1024;
