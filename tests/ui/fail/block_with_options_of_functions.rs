//! Some options are only for functions.

use traced::span;

fn main() {
    let n = 1;
    span!("functions only", current, stream, skip => { n });
}
