//! `span!` knows the options of the attribute and no others.

use traced::span;

fn main() {
    let n = 1;
    span!("unknown", fields(n) => { n });
}
