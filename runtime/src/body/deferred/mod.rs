//! The spans of functions that return a future or a stream. They last until that has ended.

pub(crate) mod alias;
pub(crate) mod boxed;
pub(crate) mod promised;
