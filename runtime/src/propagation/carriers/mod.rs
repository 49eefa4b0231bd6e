//! Headers of this library's and other people's.

#[cfg(feature = "http")]
mod http;
mod maps;
pub(super) mod process;
