//! The name of a block must come before its options.

use traced::span;

fn main() {
    span!(kind = client, "x" => {});
}
