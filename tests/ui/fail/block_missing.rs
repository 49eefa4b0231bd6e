//! `span!` needs a block.

use traced::span;

fn main() {
    span!("no block");
    span!("nothing behind the arrow" =>);
}
