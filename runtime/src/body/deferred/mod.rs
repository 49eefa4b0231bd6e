//! Functions that return a future or a stream: their spans last until that is over.

pub(crate) mod alias;
pub(crate) mod boxed;
pub(crate) mod promised;
