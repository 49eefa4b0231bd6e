//! A key in `ret(…)` needs a closure for its value.

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
