//! `traced::sdk`: the fast provider and the adaptive sampling.
//!
//! Providers are set globally by nobody here: each test has its own, through the API, so that they run side by side.

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
