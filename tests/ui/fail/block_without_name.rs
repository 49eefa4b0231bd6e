//! A block has no name of its own.

use traced::span;

fn main() {
    let n = 1;
    span!(kind = client => { n });
}
