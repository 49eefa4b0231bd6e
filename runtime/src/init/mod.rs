//! One call of set-up, configured by OpenTelemetry's environment variables.

mod builder;
mod console;
mod destination;
mod environment;
mod error;
mod guard;
mod limits;
#[cfg(feature = "logs")]
mod logs;
#[cfg(feature = "otlp")]
mod otlp;
mod outage;
mod propagators;
mod provider;
mod resource;
mod sampler;
mod signal;
#[cfg(feature = "tracing")]
mod subscriber;

pub use builder::{Builder, builder};
pub use error::InitError;
pub use guard::Guard;
pub use sampler::Sampling;

#[doc = include_str!("init.md")]
pub fn init() -> Result<Guard, InitError> {
    builder().init()
}
