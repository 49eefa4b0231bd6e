//! The path of the crate must be right.

use traced::traced;

#[traced(crate = nowhere)]
fn no_crate() {}

fn main() {}
