//! `skip` is only for functions in a container.

use traced::traced;

#[traced(skip)]
fn skip_alone() {}

fn main() {}
