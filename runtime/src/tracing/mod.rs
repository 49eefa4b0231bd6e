//! Living with the crate [`tracing`](https://docs.rs/tracing): its spans, its events and its log lines, in the traces of `#[traced]`.
//!
//! Each part can be had alone, and be added to a subscriber that is there already. [`init`](crate::init()) sets all of them up where the
//! program has no global subscriber yet.
//!
//! - [`spans`] turns `tracing` spans, which most libraries open, into OpenTelemetry spans, below ours and above ours.
//! - [`events`] turns `tracing` events into events of the span that is current, whoever opened it.
//! - [`with_ids`] puts the name and the ids of the span on each line that [`tracing_subscriber::fmt`](mod@tracing_subscriber::fmt) writes.
//! - `logs`, with the feature of this name, turns `tracing` events into log records with these ids, which go out over OTLP.
//!
//! Lines of the crate [`log`](https://docs.rs/log) are events too, with their own target and level, in the subscriber of `init` and in
//! any other that is installed by `tracing_subscriber`'s `init` or `try_init`; a logger that the program has stays.
//!
//! The page [`moving`] leads from `#[tracing::instrument]` to `#[traced]`.
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
//! A traced function costs what it costs without them: they are asked only when `tracing` is used.

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
pub mod moving {}
mod parent;

pub use bridge::spans;
#[cfg(feature = "init")]
pub(crate) use escaped_fields::EscapedFields;
pub use events::{Events, events};
pub use ids::{WithIds, with_ids};
pub use line::Line;
#[cfg(feature = "logs")]
pub use logs::{Logs, logs};

/// Returns `true` for what the crates of OpenTelemetry say of themselves: they have the names of their packages as targets.
pub(crate) fn is_of_opentelemetry(target: &str) -> bool {
    matches!(target, "opentelemetry" | "opentelemetry_sdk") || target.starts_with("opentelemetry-")
}
