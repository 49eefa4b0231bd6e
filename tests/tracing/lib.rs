//! Tests of living with `tracing`; see `main.rs`.
