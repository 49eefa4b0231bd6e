//! The target of `tracing` has no counterpart here.

use traced::{span, traced};

#[traced(target = "orders")]
fn target() {}

fn main() {
    span!(target: "x", "x" => {});
}
