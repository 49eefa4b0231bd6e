//! No option of `span!` may be given twice.

use traced::span;

fn main() {
    let n = 1;
    span!("twice", ok, ok => { n });
}
