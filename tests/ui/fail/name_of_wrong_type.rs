//! The name must be a string.

use traced::traced;

#[traced(name = 7)]
fn no_name() {}

fn main() {}
