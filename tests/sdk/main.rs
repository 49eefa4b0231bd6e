//! Tests of `traced::sdk`: the provider, and adaptive sampling.
//!
//! No test here sets a global provider. Each has its own, which it uses through the API, so that
//! the tests can run in parallel.

mod adaptive;
mod adjusted_counts;
mod bounds;
mod bursts;
mod child;
mod counted;
mod exporters;
mod faults;
mod gate;
mod losses;
mod overload;
mod semantics;
