//! `tracing` takes a level for the returned value.

use traced::traced;

#[traced(ret(level = "info"))]
fn ret_level() -> u8 {
    1
}

fn main() {}
