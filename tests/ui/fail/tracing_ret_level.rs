//! `ret(level = …)` of `tracing` has no counterpart here.

use traced::traced;

#[traced(ret(level = "info"))]
fn ret_level() -> u8 {
    1
}

fn main() {}
