//! No key may be given twice.

use traced::traced;

#[traced(attributes(a, "b" = 1, a = 2, "b" = 3))]
fn same_key_twice(a: u8) {}

fn main() {}
