//! From the environment to a running provider.
//!
//! # How tracing is set up
//!
//! [`init`] is [`builder()`] with nothing set. [`setup`] shows the whole way on one screen:
//!
//! 1. It takes the claim to have tracing set up, which a process can have once at a time (`guard`).
//! 2. It collects the settings: what the program set in the [`Builder`], otherwise what
//!    `environment` reads from the variables. There is one file for each subject: `destination`
//!    (where a signal goes), `sampler`, `limits`, `resource`, `propagators`, `levels`, and `otlp`
//!    for all that concerns the collector. Everything that can fail is done here.
//! 3. It installs what it has collected: the filter, the propagator, the subscriber of `tracing`,
//!    the provider of `logs`, and last the tracer provider (`provider`), which gives each exporter
//!    the spans in the form that it takes.
//!
//! The [`Guard`] that it returns shuts everything down when it is dropped. `exit` warns if the
//! process ends before that.
//!
//! # Where spans go
//!
//! `console` prints traces as trees, `otlp` sends them to a collector, and `exporters` wraps the
//! program's own exporters, so that an export that hangs or panics causes a warning. Each exporter
//! reports its failures to its `signal`, which warns only once until an export succeeds again.
//!
//! # Invariants
//!
//! - If [`init`] returns an error, nothing was set up: whatever can fail is done before anything is
//!   installed.
//! - An invalid value is an error that names the variable and says what is accepted. Only an
//!   invalid boolean, and a value that may be meant for programs in other languages, causes a
//!   warning instead. Values that may be secrets are never shown.
//! - Only `provider` creates the tracer provider. Apart from it, only `exit` uses the provider.

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
#[doc = ""]
#[cfg_attr(
    not(feature = "tracing"),
    doc = "[mod@crate::tracing]: https://docs.rs/traced/latest/traced/tracing/"
)]
pub fn init() -> Result<Guard, InitError> {
    builder().init()
}
