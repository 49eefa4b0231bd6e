//! Tests of HTTP and gRPC, apart from the others for the crates that they need; see `main.rs`.

/// The page of the guide about axum. Its examples need a server, which the tests of `traced` itself do without.
#[cfg(doctest)]
#[doc = include_str!("../../runtime/src/guide/axum_service.md")]
mod guide {}
