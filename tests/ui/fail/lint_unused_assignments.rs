//! The attribute does not hide the lint `unused_assignments`.

#![deny(unused)]

use traced::traced;

#[traced]
fn overwritten(mut list: Vec<u8>) -> Vec<u8> {
    list = Vec::new();
    list
}

fn main() {
    let _ = overwritten(vec![]);
}
