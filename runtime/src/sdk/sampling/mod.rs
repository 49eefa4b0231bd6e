//! Sampling: which traces are kept.
//!
//! # How a trace is decided
//!
//! There are two decisions, and the second one is made only with [`AdaptiveSampling`].
//!
//! **When a span starts** (`head`), the sampler makes one of three decisions: record and export the
//! span, record it only, or drop it. By default a span does what its parent does, and a span
//! without a parent is recorded. A sampler that the user has set may choose anything, and may add
//! attributes and a trace state ([`HeadDecision`]). It is asked about a [`SpanStart`].
//!
//! **When a trace ends** (`pending`), adaptive sampling decides whether to keep the trace. It
//! records every span, since errors and slowness are known only then:
//!
//! 1. At the start of a trace, the base rate decides by the trace id's random bits (`base_rate`). A
//!    trace that it keeps carries the sampled flag and the threshold of the rate (`probability`),
//!    for the services downstream.
//! 2. The spans wait, grouped by trace (`waiting`), until the first span of the trace in this
//!    process has ended. One more pass over the threads' buffers then makes sure that everything
//!    that ended before that span has been seen.
//! 3. A trace with an error, or one that was slow (`durations`), is kept with the rate of its kind,
//!    as long as the budget of the current second (`budget`) allows it. A trace that is sampled is
//!    always kept.
//! 4. The first span of a kept trace says why it was kept, in the attribute `sampling.reason`. All
//!    spans of the trace are exported as sampled, with the threshold of the largest rate that
//!    applied (`kept`), so counts that are derived from them are right. The trace's id is
//!    remembered, so that spans that end late are kept too (`recently_kept`).
//!
//! # Invariants
//!
//! - Decisions at the end of a trace are made by the background thread alone, without locks. Only
//!   the base rate is shared with the threads that start traces; it is one atomic number.
//! - Waiting traces are bounded in number, spans, bytes and age. If they are too many or too large,
//!   the oldest one that has no error and is not sure to be kept is dropped. If there is none, the
//!   oldest one is decided early.

mod adaptive;
mod base_rate;
mod budget;
mod decision;
mod durations;
mod head;
mod kept;
mod pending;
mod probability;
mod recently_kept;
mod span_start;
mod waiting;

pub use adaptive::{AdaptiveSampling, SlowThreshold};

pub(crate) use base_rate::records_everything;
pub(crate) use decision::{Given, HeadDecision};
pub(crate) use head::Head;
pub(crate) use kept::{Kept, Reason};
pub(crate) use pending::{Keep, Pending};
pub(crate) use span_start::{Name, SpanStart};
