//! What came of a function's body: the error in its returned value, or a panic, and how it is recorded.

pub(crate) mod any_error;
pub(crate) mod detect;
pub(crate) mod exception;
pub(crate) mod failure;
pub(crate) mod inferred;
pub(crate) mod returned;

pub use any_error::AnyError;
pub(crate) use detect::Look;
pub(crate) use failure::Failure;
