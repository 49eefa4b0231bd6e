//! `error_if` needs a function that returns a value.

use traced::traced;

#[traced(error_if = |r| r)]
fn error_if_of_nothing() {}

fn main() {}
