//! What runs around the body of a traced function: it makes the span current, catches a panic, and ends the span.

pub(crate) mod call;
pub(crate) mod deferred;
pub(crate) mod future;
pub(crate) mod guard;
mod polled;
mod run;
pub(crate) mod stream;
