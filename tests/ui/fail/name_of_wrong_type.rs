//! The name is a text.

use traced::traced;

#[traced(name = 7)]
fn no_name() {}

fn main() {}
