//! A body that does not parse yet causes the compiler's own error.

use traced::traced;

#[traced]
fn half_typed(list: Vec<u8>) -> usize {
    list.
}

fn main() {}
