//! `ret` needs a function that returns a value.

use traced::traced;

#[traced(ret)]
fn ret_of_nothing() {}

#[traced(ret)]
async fn ret_never() -> ! {
    loop {}
}

fn main() {}
