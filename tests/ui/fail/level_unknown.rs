//! An unknown level.

use traced::traced;

#[traced(level = verbose)]
fn odd_level() {}

fn main() {}
