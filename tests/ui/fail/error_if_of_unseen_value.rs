//! `error_if` needs a returned value that the macro can see.

use traced::traced;

#[traced(error_if = |r| r)]
fn error_if_of_nothing() {}

fn main() {}
