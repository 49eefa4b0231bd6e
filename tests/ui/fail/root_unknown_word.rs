//! The only word in `root(…)` is `link`.

use traced::traced;

#[traced(root(linked))]
fn odd_root() {}

fn main() {}
