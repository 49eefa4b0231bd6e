//! `error_if` takes a closure with one parameter.

use traced::traced;

#[traced(error_if = true)]
fn error_if_without_closure() -> u8 {
    1
}

fn main() {}
