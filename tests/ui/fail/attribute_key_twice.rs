//! A key may be given only once.

use traced::traced;

#[traced(attributes(a, "b" = 1, a = 2, "b" = 3))]
fn same_key_twice(a: u8) {}

fn main() {}
