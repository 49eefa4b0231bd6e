//! Spans, from their start to their end.

pub(crate) mod active;
pub(crate) mod current_span;
#[cfg(feature = "root")]
pub mod root;
pub(crate) mod setup;
pub(crate) mod start;
pub(crate) mod thread_state;
pub(crate) mod tracers;

pub(crate) use active::Active;
