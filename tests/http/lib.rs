//! Tests of HTTP and gRPC, apart from the others for the crates that they need; see `main.rs`.
