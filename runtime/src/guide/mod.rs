//! Guides: each starts with a task, does it, and shows the result.
//!
//! | task | guide |
//! |---|---|
//! | Trace an axum service, from an empty project to a failing request in Jaeger | [`axum_service`] |
//! | Trace the functions of a library | [`library`] |
//! | Keep the traces that matter, and pay for no more | [`sampling`] |
//! | Continue a trace in other services, queues, processes, tasks and threads | [`propagation`] |
//! | Use it together with the crate `tracing` | [`with_tracing`] |
//! | Move from `#[tracing::instrument]` to `#[traced]` | [`moving`] |
//! | Assert in a test what is traced | [`testing`] |
//! | Find out what a span costs, and make it cost less | [`performance`] |
//! | Look up what the attribute cannot do | [`limits`] |
//!
//! The examples run as tests, so they can be copied. The repository has [small
//! programs](https://github.com/traced-rs/traced/tree/main/examples) for most of these tasks, too.
//! The reference for the attribute and its options is [`macro@crate::traced`], the one for set-up
//! and its variables is [`init`](fn@crate::init).

// Its examples run in `tests/http`, since a plain `cargo test` does not build a server.
#[cfg(not(doctest))]
#[doc = include_str!("axum_service.md")]
pub mod axum_service {}
#[cfg(feature = "testing")]
#[doc = include_str!("library.md")]
pub mod library {}
#[doc = include_str!("limits.md")]
pub mod limits {}
#[cfg(feature = "tracing")]
#[doc(inline)]
pub use crate::tracing::moving;
#[doc = include_str!("performance.md")]
pub mod performance {}
#[cfg(all(feature = "context", feature = "http", feature = "testing"))]
#[doc = include_str!("propagation.md")]
pub mod propagation {}
#[cfg(feature = "init")]
#[doc = include_str!("sampling.md")]
pub mod sampling {}
#[cfg(feature = "testing")]
#[doc = include_str!("testing.md")]
pub mod testing {}
#[cfg(all(feature = "tracing", feature = "testing"))]
#[doc = include_str!("with_tracing.md")]
pub mod with_tracing {}
