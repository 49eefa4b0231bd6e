//! What stands around the body of a traced function.

pub(crate) mod call;
pub(crate) mod deferred;
pub(crate) mod future;
pub(crate) mod stream;
