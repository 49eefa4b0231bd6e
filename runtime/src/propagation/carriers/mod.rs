//! Headers of this library's and other people's.

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
