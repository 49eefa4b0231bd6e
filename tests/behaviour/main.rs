//! What `#[traced]` does, as whole traces: one file per option or promise.

mod attributes;
mod current;
mod drop_order;
mod futures;
mod hygiene;
mod kinds;
mod names;
mod panics;
mod parents;
mod results;
mod same_error;
mod sampling;
mod shapes;
