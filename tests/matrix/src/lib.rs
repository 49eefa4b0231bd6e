//! Generates functions by combination, each with the attribute and without it, and compiles, runs
//! and compares them.

mod cases;
mod dimensions;
mod judge;
mod model;
mod pairs;
mod properties;
mod rules;
mod workspace;
mod write;

pub use cases::{Failure, run};
pub use dimensions::Case;
pub use pairs::{all_pairs, sample};
