//! An option begins with a word.

use traced::traced;

#[traced(42)]
fn no_option() {}

fn main() {}
