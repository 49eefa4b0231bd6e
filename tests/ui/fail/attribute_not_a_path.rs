//! Only a path can be recorded without a key.

use traced::traced;

#[traced(attributes(a.len()))]
fn not_a_path(a: &str) {}

#[traced(attributes(a b))]
fn no_comma(a: u8, b: u8) {}

fn main() {}
