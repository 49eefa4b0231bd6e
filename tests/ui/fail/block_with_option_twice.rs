//! An option of `span!` may be given only once.

use traced::span;

fn main() {
    let n = 1;
    span!("twice", ok, ok => { n });
}
