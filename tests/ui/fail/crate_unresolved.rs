//! The path of the crate must lead to it.

use traced::traced;

#[traced(crate = nowhere)]
fn no_crate() {}

fn main() {}
