//! The name of a block comes before its options.

use traced::span;

fn main() {
    span!(kind = client, "x" => {});
}
