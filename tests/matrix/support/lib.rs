//! Everything that the generated functions use, and that runs and observes them.

pub mod errors;
pub mod names;
pub mod observe;
pub mod own;
pub mod values;

pub use {anyhow, async_stream, async_trait, futures, traced};

/// The names that every generated file imports.
pub mod prelude {
    pub use std::fmt::Debug;
    pub use std::future::Future;
    pub use std::pin::Pin;
    pub use std::sync::Arc;
    pub use std::task::Poll;

    pub use anyhow;
    pub use async_stream::try_stream;
    pub use async_trait::async_trait;
    pub use futures::future::BoxFuture;
    pub use futures::stream::{BoxStream, Stream};
    pub use traced::traced;

    pub use crate::errors::{self, Failure, Nothing, OnlyDebug, Outcome};
    pub use crate::observe::{NotSend as _, Probe, Ran};
    pub use crate::values::{KEY, Noisy, Point, mark, noisy};
}
