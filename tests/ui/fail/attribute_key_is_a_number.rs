//! A key must be a path, a string literal or a constant in braces.

use traced::traced;

#[traced(attributes(3 = a))]
fn odd_key(a: u8) {}

fn main() {}
