//! Plans → tokens; nothing can go wrong here.

pub(crate) mod block;
mod body;
mod expectations;
pub(crate) mod fallback;
mod fragments;
pub(crate) mod function;
mod shapes;
