//! `crate` takes a path.

use traced::traced;

#[traced(crate = "traced")]
fn crate_without_a_path() {}

fn main() {}
