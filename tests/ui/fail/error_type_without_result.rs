//! `error_type` needs a `Result` in the return type.

use traced::traced;

#[traced(error_type = |e| e)]
fn error_type_without_result() -> u8 {
    1
}

fn main() {}
