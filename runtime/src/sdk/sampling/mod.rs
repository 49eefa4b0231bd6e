//! Which traces are kept: the decision at a span's start, and the one at the end of its trace.

mod adaptive;
mod budget;
mod decided;
mod durations;
mod head;
mod pending;

pub use adaptive::{AdaptiveSampling, SlowThreshold};

pub(crate) use adaptive::{BaseRate, records_everything};
#[cfg(feature = "otlp")]
pub(crate) use decided::state_as_kept;
pub(crate) use decided::{Reason, as_kept};
pub(crate) use head::{Given, Head, Sampling};
pub(crate) use pending::{Kept, Undecided};
