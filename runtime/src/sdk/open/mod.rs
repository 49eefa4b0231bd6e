//! Spans that are open: the span of a traced function, and what its thread and other threads may do
//! to it.

mod begin;
mod changes;
#[cfg(feature = "tracing")]
mod description;
mod function_span;
mod handle;
mod mark;
mod open_span;
mod scoped;
mod thread_spans;

pub(crate) use begin::{Wanted, begin, start};
pub(crate) use function_span::Kept;
pub(crate) use open_span::Open;
pub(crate) use scoped::Scoped;
pub(crate) use thread_spans::{Desk, Key, at_desk};
