//! Spans, from their start to their end.

pub(crate) mod active;
pub(crate) mod by_api;
pub(crate) mod current_span;
mod in_context;
#[cfg(feature = "sdk")]
mod native;
#[cfg(not(feature = "sdk"))]
#[path = "no_native.rs"]
mod native;
#[cfg(feature = "root")]
pub mod root;
mod running;
pub(crate) mod setup;
mod skip;
pub(crate) mod start;
mod started;
pub(crate) mod tracers;

pub(crate) use active::Active;
pub(crate) use running::Running;
pub(crate) use skip::{is_skipped_apart, is_skipped_here};
pub(crate) use started::Started;
