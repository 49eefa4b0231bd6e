//! The types through which threads share memory.
//!
//! `tests/race` replaces them with the types of a model checker, and makes rings so small that it
//! can try every order of events.

pub(crate) use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
pub(crate) use std::sync::{Arc, Mutex, MutexGuard};

/// The size of the smallest ring in bytes.
pub(crate) const SMALLEST: usize = 16 * 1024;
/// The number of bytes that all rings may take for each span that may wait.
pub(crate) const RINGS_PER_SPAN: usize = 12 * 1024;
