//! Some options make sense on functions only.

use traced::span;

fn main() {
    let n = 1;
    span!("functions only", current, stream, skip => { n });
}
