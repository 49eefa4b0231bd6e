//! The value of a key of `ret` is a closure.

use traced::traced;

#[traced(ret("total" = 1))]
fn ret_with_value() -> u8 {
    1
}

#[traced(ret(total))]
fn ret_with_argument(total: u8) -> u8 {
    total
}

fn main() {}
