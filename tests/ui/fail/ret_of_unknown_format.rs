//! The value of `ret` must be `%` or `?`.

use traced::traced;

#[traced(ret = !)]
fn odd_ret() -> u8 {
    1
}

fn main() {}
