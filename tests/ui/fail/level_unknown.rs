//! An unknown level is an error that lists the valid ones.

use traced::traced;

#[traced(level = verbose)]
fn odd_level() {}

fn main() {}
