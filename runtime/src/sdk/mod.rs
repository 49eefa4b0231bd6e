//! A tracer provider of our own, and the adaptive sampling on it.
//!
//! [`TracerProvider`] does what the one of `opentelemetry_sdk` does: a thread writes its spans as bytes and hands them over in a
//! buffer of its own, and one background thread makes of them what the exporter takes, in batches. It takes the SDK's exporters, resource, samplers, limits and id generators, and every user of the OpenTelemetry
//! API can have it; traced functions reach it without the API's boxes.
//!
//! ```
//! use opentelemetry_sdk::trace::InMemorySpanExporter;
//! use traced::sdk::TracerProvider;
//!
//! let exporter = InMemorySpanExporter::default();
//! let provider = TracerProvider::builder()
//!     .with_exporter(exporter.clone())
//!     .build();
//! traced::set_tracer_provider(provider.clone());
//!
//! #[traced::traced]
//! fn answer() -> u8 {
//!     42
//! }
//!
//! answer();
//! provider.force_flush()?;
//! assert_eq!(exporter.get_finished_spans()?[0].name, "answer");
//! provider.shutdown()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is bounded
//!
//! The application never waits. As many spans as `OTEL_BSP_MAX_QUEUE_SIZE` says (unset: 2,048) wait for their export, of any size
//! and from any threads, as long as they take no more than 40 MiB (24 MiB with adaptive sampling at its defaults); small ones may be
//! more. What does not fit is dropped and counted, see [`Stats`], and standard error says so once. Spans that ended with an error are the
//! last to be dropped: 4 MiB of the 40 are left to them. Everything together takes 64 MiB at most: these,
//! 16 MiB of buffers of the threads, which are given back when a thread has ended and its spans are exported, and what is being
//! exported, a batch of 3 MiB at most. A span takes 256 KiB at most.
//!
//! # The end of the process
//!
//! Spans that were not exported are lost if the process exits without [`TracerProvider::shutdown`], which dropping the last
//! clone does too; a global provider is never dropped. After a `fork` without `exec` the child has no background thread: it
//! records until the buffers are full, and exports nothing; set up a new provider there.

mod atomics;
mod builder;
mod clock;
pub(crate) mod export;
mod ids;
mod open;
mod own_tracer;
mod provider;
mod record;
mod sampling;
mod scopes;
pub(crate) mod span;
mod tracer;

pub use builder::{NoExporter, TracerProviderBuilder};
pub use export::{Dropped, Stats};
pub use provider::TracerProvider;
pub use sampling::{AdaptiveSampling, SlowThreshold};
pub use span::Span;
pub use tracer::Tracer;

pub(crate) use clock::{now, second};
#[cfg(feature = "init")]
pub(crate) use export::block_on;
#[cfg(feature = "otlp")]
pub(crate) use export::{Deadline, Exported, Lost, otlp};
#[cfg(feature = "init")]
pub(crate) use export::{Spans, Writer};
pub(crate) use open::{Desk, Kept, Key};
pub(crate) use own_tracer::{choose, forget_made, take_made};
pub(crate) use sampling::records_everything;
pub(crate) use tracer::{begin, describe, start};
