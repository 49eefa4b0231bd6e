//! `ret(Debug)` of `tracing` is written `ret = ?` here.

use traced::traced;

#[traced(ret(Debug))]
fn ret_debug() -> u8 {
    1
}

#[traced(ret(Display))]
fn ret_display() -> u8 {
    1
}

fn main() {}
