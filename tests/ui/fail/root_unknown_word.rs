//! `root` takes nothing but `link`.

use traced::traced;

#[traced(root(linked))]
fn odd_root() {}

fn main() {}
