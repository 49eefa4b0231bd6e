//! `span!` has the options of the attribute.

use traced::span;

fn main() {
    let n = 1;
    span!("unknown", fields(n) => { n });
}
