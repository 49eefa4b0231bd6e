//! A key must not be empty.

use traced::traced;

#[traced(attributes("" = 1))]
fn empty_key() {}

fn main() {}
