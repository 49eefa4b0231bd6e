//! The attribute does not hide the lint `unused_must_use`.

#![deny(unused)]

use traced::traced;

#[traced]
#[must_use]
fn must_use() -> u8 {
    1
}

fn main() {
    must_use();
}
