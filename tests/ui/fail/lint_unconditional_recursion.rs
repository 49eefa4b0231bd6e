//! The attribute does not hide the lint `unconditional_recursion`.

#![deny(unconditional_recursion)]

use traced::traced;

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

fn main() {
    let _ = (recursive(1), Type.recursive(&[]));
}
