//! Set-up in one call, configured by OpenTelemetry's environment variables.

mod builder;
mod console;
mod destination;
mod environment;
mod error;
mod exit;
mod exporters;
mod guard;
#[cfg(feature = "tracing")]
mod levels;
mod limits;
#[cfg(feature = "logs")]
mod logs;
#[cfg(feature = "otlp")]
mod otlp;
mod propagators;
mod provider;
mod resource;
mod sampler;
mod setup;
mod signal;
#[cfg(feature = "tracing")]
mod subscriber;

pub use builder::{Builder, builder};
pub use error::InitError;
pub use guard::Guard;
#[cfg(feature = "otlp")]
pub use otlp::Protocol;
pub use sampler::Sampling;

#[doc = include_str!("init.md")]
pub fn init() -> Result<Guard, InitError> {
    builder().init()
}
