//! Tests of using `tracing` together with `traced`; see `main.rs`.
