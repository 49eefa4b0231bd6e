//! Spans that are open: the span of a traced function, and what its thread and other threads may do to it.

mod changes;
#[cfg(feature = "tracing")]
mod description;
mod function_span;
mod handle;
mod mark;
mod thread_spans;

pub(crate) use function_span::Kept;
pub(crate) use thread_spans::{Desk, Key, at_desk};
