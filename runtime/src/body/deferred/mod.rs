//! The spans of functions that return a future or a stream. Each span lasts until the future or
//! stream has ended.

pub(crate) mod alias;
pub(crate) mod boxed;
pub(crate) mod promised;
