//! A wrong type in a block causes the compiler's own error, at the user's token.

use traced::span;

fn main() {
    let n = 1;
    let _: String = span!("mismatched" => { n });
}
