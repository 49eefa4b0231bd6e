//! A block needs a name, since it has none of its own.

use traced::span;

fn main() {
    let n = 1;
    span!(kind = client => { n });
}
