//! `err` needs a `Result` in the return type.

use traced::traced;

#[traced(err = ?)]
fn err_without_result() -> u8 {
    1
}

fn main() {}
