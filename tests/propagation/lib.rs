//! Tests of traces across processes. They are a separate package because of the crates whose
//! headers they need.
