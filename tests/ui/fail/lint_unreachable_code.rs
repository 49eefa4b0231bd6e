//! The attribute does not hide the lint `unreachable_code`.

#![deny(unreachable_code)]

use traced::traced;

#[traced]
fn unreachable() -> u8 {
    return 1;
    2
}

fn main() {
    let _ = unreachable();
}
