//! `ret` needs a returned value that can be seen, which some `impl Trait` is not.

use traced::traced;

#[traced(ret)]
fn ret_of_opaque() -> impl Iterator<Item = u8> {
    0..1
}

fn main() {}
