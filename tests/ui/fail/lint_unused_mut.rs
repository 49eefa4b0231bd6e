//! The attribute does not hide the lint `unused_mut`.

#![deny(unused)]

use traced::traced;

#[traced]
fn unnecessary_mut(mut list: Vec<u8>) -> usize {
    list.len()
}

fn main() {
    let _ = unnecessary_mut(vec![]);
}
