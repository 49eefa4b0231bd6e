//! The crates that this one works with, each behind its feature.

#[cfg(feature = "tower")]
pub(crate) mod http;
#[cfg(feature = "logs")]
pub(crate) mod logs;
#[cfg(feature = "mongodb")]
pub mod mongodb;
#[cfg(feature = "reqwest")]
pub mod reqwest;
#[cfg(feature = "tower")]
pub mod tower;
#[cfg(feature = "tracing")]
pub mod tracing;
