//! Spans that are open.
//!
//! # How the span of a function is kept
//!
//! A function changes its span often, and almost always from the thread that runs it. So that
//! thread owns the span, without a lock. The span is one box ([`FunctionSpan`]), which holds the
//! record that is being written ([`Open`]) and goes where the function goes:
//!
//! 1. `begin` takes a spare box of the thread, decides on the span, begins its record there, and
//!    puts a `handle` to it into the span's context. If the parent's context is not enough to
//!    decide, as with the user's own sampler, `start` does the rest, with the same box.
//! 2. While the body runs, or its future is polled, the box lies on the thread's [`Desk`]. Changes
//!    through the OpenTelemetry API find it there by the handle. Between two polls, the future has
//!    the box.
//! 3. When the body has returned, the function takes the box, writes the outcome, and hands the
//!    record over. The box stays with the thread for its next span.
//!
//! A span that is started through a [`Tracer`](super::Tracer) needs none of this: whoever started
//! it owns its [`Open`], as the API requires.
//!
//! # What other threads may do
//!
//! The context is shared, so another thread may change or end the span, while its owner writes to
//! it. The other thread cannot reach the box. What it does goes into a separate record (`changes`)
//! behind a lock, and the owner merges this record before its own next change through the API, and
//! at the end of the span.
//!
//! The `mark` says whether the span is open, and whether there are changes. Its module states the
//! protocol, which `tests/race` checks under a model checker. The invariants:
//!
//! - A change by another thread is in the span if it happens before the end, in an order that both
//!   threads see.
//! - A handle outlives its span. It never reaches the next span in the same box, because each span
//!   has its own turn.
//! - A span that nobody else touched ends with one load and one store, and takes no lock.

mod begin;
mod changes;
#[cfg(feature = "tracing")]
mod description;
mod desk;
mod function_span;
mod handle;
mod mark;
mod open_span;
mod scoped;
mod stack;

pub(crate) use begin::{Wanted, begin, start};
pub(crate) use desk::{Desk, Key, at_desk, settle, with_rings};
pub(crate) use function_span::FunctionSpan;
pub(crate) use open_span::Open;
pub(crate) use scoped::Scoped;
