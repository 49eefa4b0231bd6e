//! A tracer provider of our own, and the adaptive sampling on it.
//!
//! [`TracerProvider`] does what the one of `opentelemetry_sdk` does: a thread writes its spans as bytes and hands them over in a
//! buffer of its own, and one background thread makes spans of them and exports these in batches. It takes the SDK's exporters, resource, samplers, limits and id generators, and every user of the OpenTelemetry
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
//! The application never waits: what does not fit into the buffers is dropped and counted, see [`Stats`]. All buffers together
//! take 24 MiB at most, or what `OTEL_BSP_MAX_QUEUE_SIZE` asks for, 12 KiB for each span; and 4 MiB for threads that get none
//! of that. A thread's buffer is given back when the thread has ended and its spans are exported. A span takes 256 KiB at most.
//!
//! # The end of the process
//!
//! Spans that were not exported are lost if the process exits without [`TracerProvider::shutdown`], which dropping the last
//! clone does too; a global provider is never dropped. After a `fork` without `exec` the child has no background thread: it
//! records until the buffers are full, and exports nothing; set up a new provider there.

mod adaptive;
mod block_on;
mod budget;
mod buffer;
mod builder;
mod clock;
mod compact;
mod deadline;
mod head;
mod here;
mod ids;
mod items;
mod known;
mod limits;
mod provider;
mod read;
mod record;
mod scopes;
mod signal;
mod span;
mod stats;
mod tracer;
mod undecided;
mod worker;

pub use adaptive::{AdaptiveSampling, SlowThreshold};
pub use builder::{Builder, NoExporter};
pub use provider::TracerProvider;
pub use span::Span;
pub use stats::{Dropped, Stats};
pub use tracer::Tracer;

pub(crate) use clock::now;
pub(crate) use here::{choose, end, forget_made, take, take_made};
pub(crate) use span::Open;
