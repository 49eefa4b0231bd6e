//! Tests of traces across processes, apart from the others for the crates whose headers they need.
