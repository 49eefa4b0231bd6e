//! The way out: from the threads that end spans, over the background thread, to the exporters.

mod block_on;
pub(crate) mod buffers;
mod deadline;
mod mailbox;
#[cfg(feature = "otlp")]
pub(crate) mod otlp;
mod overflow;
mod ring;
mod stats;
mod warnings;
mod worker;
mod writer;

pub use stats::{Dropped, Stats};

#[cfg(feature = "init")]
pub(crate) use block_on::block_on;
#[cfg(feature = "otlp")]
pub(crate) use deadline::Deadline;
pub(crate) use mailbox::Signal;
pub(crate) use stats::Counters;
pub(crate) use warnings::Warnings;
pub(crate) use worker::{Batching, Worker};
#[cfg(feature = "otlp")]
pub(crate) use writer::{Exported, Lost};
pub(crate) use writer::{Spans, Writer};
