//! The caller's own lints still work.

#![deny(unused, non_snake_case, unreachable_code, unconditional_recursion)]

use traced::traced;

#[traced]
fn unused_argument(unused: u8) {}

#[traced]
fn unused_droppable(used: String, unused: String) -> String {
    used
}

#[traced]
fn unused_local() {
    let unused = 1;
}

#[traced]
fn never_called() {}

#[traced]
fn unnecessary_mut(mut list: Vec<u8>) -> usize {
    list.len()
}

#[traced]
fn unreachable() -> u8 {
    return 1;
    2
}

#[traced]
async fn unused_in_async(unused: String) {}

#[traced]
#[must_use]
fn must_use() -> u8 {
    1
}

#[traced]
fn recursive(n: u8) -> u8 {
    let n = recursive(n);
    n + 1
}

struct Type;

impl Type {
    #[traced]
    pub fn recursive(&self, n: &[u8]) -> usize {
        1 + self.recursive(n)
    }
}

#[traced]
fn overwritten(mut list: Vec<u8>) -> Vec<u8> {
    list = Vec::new();
    list
}

fn main() {
    unused_argument(1);
    let _ = unused_droppable(String::new(), String::new());
    unused_local();
    let _ = unnecessary_mut(vec![]);
    let _ = unreachable();
    drop(unused_in_async(String::new()));
    must_use();
    let _ = (recursive(1), Type.recursive(&[]), overwritten(vec![]));
}
