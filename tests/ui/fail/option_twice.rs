//! An option may be given only once.

use traced::traced;

#[traced(kind = client, kind = server)]
fn twice() {}

#[traced("a", name = "b")]
fn two_names() {}

fn main() {}
