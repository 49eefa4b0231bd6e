//! The way out: from the threads that end spans to the exporters.
//!
//! # How a span is handed over
//!
//! The application must never wait for an exporter, and its memory must not grow because of one. So
//! a thread that ends a span copies the record into a buffer, and goes on:
//!
//! 1. Each thread has a `ring` for each provider. Only this thread writes to it and only the
//!    background thread reads it, so it needs no lock. Nearly every span takes this way.
//! 2. If the ring is full, or the thread has none, the record goes into a queue that all threads
//!    share (`overflow`). Both are parts of a provider's [`buffers`], which bound their memory.
//! 3. If the queue is full too, the span is dropped and counted (`stats`), and a warning on
//!    standard error says so once (`warnings`). Spans that ended with an error are dropped last.
//!
//! # How it is exported
//!
//! The background thread (`worker`) waits in its `mailbox` until the delay between two exports is
//! over, a buffer is filling up, or a flush or a shutdown is ordered. It drains the buffers, passes
//! the spans through [adaptive sampling](super::sampling) if that is enabled, and gives those to
//! export to each `writer`, which exports them in batches: as OTLP (`otlp`), or as `SpanData` to an
//! exporter of OpenTelemetry, whose future it waits for (`block_on`) until a `deadline`.
//!
//! # Invariants
//!
//! - `recorded` is always the sum of what was exported, sampled out and dropped, and of what waits.
//!   So each span is counted exactly once, even if an exporter panics or hangs.
//! - A record is handed over as a whole. The background thread never sees a part of one.

mod batching;
mod block_on;
pub(crate) mod buffers;
mod deadline;
mod mailbox;
#[cfg(feature = "otlp")]
pub(crate) mod otlp;
mod overflow;
mod ring;
mod shared;
mod stats;
mod warnings;
mod worker;
mod writer;

pub use stats::{Dropped, Stats};

pub(crate) use batching::{Batching, defaults};
#[cfg(feature = "init")]
pub(crate) use block_on::block_on;
#[cfg(feature = "otlp")]
pub(crate) use deadline::Deadline;
pub(crate) use mailbox::Mailbox;
pub(crate) use shared::Shared;
pub(crate) use stats::Counters;
pub(crate) use warnings::{Ending, Warnings};
pub(crate) use worker::Worker;
#[cfg(feature = "otlp")]
pub(crate) use writer::{Exported, Lost};
pub(crate) use writer::{Spans, Writer};
