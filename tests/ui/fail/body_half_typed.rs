//! A body that does not parse yet is the compiler's own error, beside those of its types.

use traced::traced;

#[traced]
fn half_typed(list: Vec<u8>) -> usize {
    list.
}

fn main() {}
