//! Carriers for the standard library's maps and processes, and for the headers of other crates.

#[cfg(feature = "http")]
mod http;
#[cfg(feature = "kafka")]
mod kafka;
#[cfg(feature = "lapin")]
mod lapin;
mod maps;
#[cfg(feature = "nats")]
mod nats;
pub(super) mod process;
#[cfg(feature = "tonic")]
mod tonic;
