//! The scope cannot use arguments, since it is the same for all calls.

use traced::traced;

#[traced(scope = name)]
fn scope_of_an_argument(name: &'static str) {}

fn main() {}
