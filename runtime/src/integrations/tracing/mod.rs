//! Use of the crate [`tracing`](https://docs.rs/tracing) together with this one: its spans, events
//! and log lines become part of the traces of `#[traced]`.
//!
//! Each part can be used by itself and added to an existing subscriber. [`init`][fn@crate::init]
//! sets all of them up if the program has no global subscriber yet.
//!
//! - [`spans`] turns `tracing` spans, which most libraries open, into OpenTelemetry spans, below
//!   and above those of traced functions.
//! - [`events`](fn@events) turns `tracing` events into events of the current span, whoever opened
//!   it.
//! - [`with_ids`] adds the name and the ids of the span to each line that
//!   [`tracing_subscriber::fmt`](mod@tracing_subscriber::fmt) writes.
//! - `logs`, with the feature of this name, turns `tracing` events into log records with these ids,
//!   which can be sent over OTLP.
//!
//! Lines of the crate [`log`](https://docs.rs/log) are events too, with their own target and level,
//! in the subscriber of `init` and in any other that is installed with `init` or `try_init` of
//! `tracing_subscriber`. If the program has a logger already, it stays.
//!
//! The page [`moving`] shows how to move from `#[tracing::instrument]` to `#[traced]`.
//!
//! # Example
//!
//! ```
//! use tracing_subscriber::filter::LevelFilter;
//! use tracing_subscriber::prelude::*;
//!
//! tracing_subscriber::registry()
//!     .with(traced::tracing::spans())
//!     .with(traced::tracing::events().with_filter(LevelFilter::INFO))
//!     .with(tracing_subscriber::fmt::layer().map_event_format(traced::tracing::with_ids))
//!     .init();
//!
//! #[traced::traced]
//! fn charge(order: u64) {
//!     tracing::info!(order, "charged"); // an event of the span `charge`, and a line with its ids
//! }
//! # charge(7);
//! ```
//!
//! These layers do not make traced functions slower: they run only when `tracing` is used.
#![doc = ""]
#![cfg_attr(
    not(feature = "init"),
    doc = "[fn@crate::init]: https://docs.rs/traced/latest/traced/fn.init.html"
)]

mod bridge;
mod error_field;
#[cfg(feature = "init")]
mod escaped_fields;
mod events;
mod fields;
mod ids;
mod integers;
mod line;
#[cfg(feature = "logs")]
mod logs;
#[doc = include_str!("moving.md")]
#[doc = ""]
#[cfg_attr(
    not(feature = "init"),
    doc = "[fn@crate::init]: https://docs.rs/traced/latest/traced/fn.init.html"
)]
#[cfg_attr(
    not(feature = "context"),
    doc = "[crate::context]: https://docs.rs/traced/latest/traced/context/"
)]
pub mod moving {}
mod parent;
mod target;

pub use bridge::spans;
#[cfg(feature = "init")]
pub(crate) use escaped_fields::EscapedFields;
pub use events::{Events, events};
pub use ids::{WithIds, with_ids};
pub use line::Line;
#[cfg(feature = "logs")]
pub use logs::{Logs, logs};
#[cfg(feature = "init")]
pub(crate) use target::is_of_opentelemetry;
