//! A key in `ret(…)` needs a value.

use traced::traced;

#[traced(ret("total"))]
fn ret_without_closure() -> u8 {
    1
}

fn main() {}
