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

mod adaptive;
mod atomics;
mod block_on;
mod budget;
mod buffer;
mod builder;
mod clock;
mod compact;
mod deadline;
mod decided;
#[cfg(feature = "tracing")]
mod description;
pub(crate) mod desk;
mod durations;
mod full;
mod handle;
mod head;
mod here;
mod ids;
mod items;
mod kept;
mod known;
mod layout;
mod limits;
mod mark;
#[cfg(feature = "otlp")]
pub(crate) mod otlp;
mod overflow;
mod parts;
mod provider;
mod read;
mod record;
mod ring;
mod scopes;
mod side;
mod signal;
pub(crate) mod span;
mod stats;
mod stored;
mod tracer;
mod undecided;
mod usual;
mod values;
mod warnings;
mod worker;
mod writer;

pub use adaptive::{AdaptiveSampling, SlowThreshold};
pub use builder::{Builder, NoExporter};
pub use provider::TracerProvider;
pub use span::Span;
pub use stats::{Dropped, Stats};
pub use tracer::Tracer;

pub(crate) use adaptive::records_everything;
#[cfg(feature = "init")]
pub(crate) use block_on::block_on;
pub(crate) use clock::{now, second};
#[cfg(feature = "otlp")]
pub(crate) use deadline::Deadline;
pub(crate) use here::{choose, forget_made, take_made};
pub(crate) use kept::Kept;
pub(crate) use tracer::{begin, describe, start};
#[cfg(feature = "otlp")]
pub(crate) use writer::{Exported, Lost};
#[cfg(feature = "init")]
pub(crate) use writer::{Spans, Writer};
