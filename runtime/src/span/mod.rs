//! A span of a traced function: how it starts, where it is while the body runs, and how it ends.
//!
//! A call first asks whether it can be [skipped](skip). Otherwise it [starts](start) a span, at the place that its
//! [setup] found and with a tracer that the thread [keeps](tracers). The span is [handed over](started) to its
//! function as an [`Active`], which is [running] until it ends. Only [native] knows our own provider; spans of other
//! providers are built [through the API](by_api) and reached [through their context](in_context).

pub(crate) mod active;
pub(crate) mod by_api;
pub(crate) mod current_span;
mod ending;
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
mod silence;
mod skip;
pub(crate) mod start;
mod started;
mod tracer;
pub(crate) mod tracers;
mod written;

pub(crate) use active::Active;
pub(crate) use running::Running;
pub(crate) use skip::{is_skipped_apart, is_skipped_here};
pub(crate) use started::Started;
