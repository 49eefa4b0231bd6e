//! An option must begin with a word.

use traced::traced;

#[traced(42)]
fn no_option() {}

fn main() {}
