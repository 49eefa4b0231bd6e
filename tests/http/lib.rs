//! Tests of HTTP and gRPC; see `main.rs`. They are a separate package because of the crates that
//! they need.

/// The guide's page about axum. Its examples need a server, which the tests of `traced` itself do
/// not build.
#[cfg(doctest)]
#[doc = include_str!("../../runtime/src/guide/axum_service.md")]
mod guide {}
