//! The compiler names a variable that is not mutable, as it does without the attribute.

use traced::traced;

#[traced]
fn not_mutable(list: Vec<u8>) {
    list.push(1);
}

fn main() {}
