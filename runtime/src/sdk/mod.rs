//! Our own tracer provider, with adaptive sampling.
//!
//! [`TracerProvider`] takes the place of the one in `opentelemetry_sdk`. It works with the SDK's
//! exporters, resource, samplers, limits and id generators, and every user of the OpenTelemetry API
//! can record through it. It differs in how a span travels: each thread writes its spans as bytes
//! into its own buffer, and one background thread turns them into what the exporter takes, in
//! batches. Traced functions reach it without the boxed tracers and spans of the API.
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
//! The application never waits for an export. There is room for at least as many ended spans as
//! `OTEL_BSP_MAX_QUEUE_SIZE` says (default: 2,048), from any threads, as long as they fit into 40
//! MiB (24 MiB with adaptive sampling at its defaults), and for more if they are small. Those that
//! do not fit are dropped and counted, see [`Stats`], and a warning on standard error says so once.
//! Spans that ended with an error are the last to be dropped: 4 MiB of the 40 are reserved for
//! them. A separate warning says when these are lost too.
//!
//! The provider takes at most 64 MiB in total, whatever is recorded and however it is exported:
//!
//! - the waiting spans, and those whose trace is not decided yet: 40 MiB together, unless
//!   [`AdaptiveSampling::max_bytes`] is more than 20 MiB;
//! - 8 MiB for the buffers of the threads, which are freed when a thread has ended and its spans
//!   are exported;
//! - the batch that is being exported: at most 3 MiB, of which compression and gRPC make a copy
//!   each;
//! - the instrumentation scopes. A provider tells 4,096 of them apart, in at most 1 MiB. Spans of
//!   further scopes are exported with the scope `traced.too_many_scopes`.
//!
//! Spans that have not ended are not part of this. The record of each is at most 256 KiB long, plus
//! a long name. A thread keeps at most 128 KiB for the next spans of traced functions, and as much
//! for those that are started through the OpenTelemetry API. What an exporter of your own keeps is
//! not part of this either.
//!
//! # The end of the process
//!
//! If the process exits without [`TracerProvider::shutdown`], spans that were not exported are
//! lost. Dropping the last clone shuts the provider down too, but the global provider is never
//! dropped.
//!
//! After a `fork` without `exec`, the child has no background thread. It records until the buffers
//! are full, and exports nothing. Set up a new provider there.

mod atomics;
mod builder;
mod clock;
pub(crate) mod export;
mod ids;
mod memory;
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
pub(crate) use export::{Deadline, Exported, Lost, defaults, otlp};
#[cfg(feature = "init")]
pub(crate) use export::{Spans, Writer};
pub(crate) use open::{Desk, FunctionSpan, Key, Wanted, at_desk, begin, settle, start};
pub(crate) use own_tracer::behind;
pub(crate) use provider::choose;
#[cfg(feature = "init")]
pub(crate) use record::Limits;
pub(crate) use sampling::records_everything;
