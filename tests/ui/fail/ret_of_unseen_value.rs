//! `ret` needs a returned value that the macro can see.

use traced::traced;

#[traced(ret)]
fn ret_of_nothing() {}

#[traced(ret)]
async fn ret_never() -> ! {
    loop {}
}

#[traced(ret)]
fn ret_of_opaque() -> impl Iterator<Item = u8> {
    0..1
}

fn main() {}
