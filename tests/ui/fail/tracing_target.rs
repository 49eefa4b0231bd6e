//! There is no target, neither of a function nor of a block.

use traced::{span, traced};

#[traced(target = "orders")]
fn target() {}

fn main() {
    span!(target: "x", "x" => {});
}
