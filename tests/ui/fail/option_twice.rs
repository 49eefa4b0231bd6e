//! No option may be given twice.

use traced::traced;

#[traced(kind = client, kind = server)]
fn twice() {}

#[traced("a", name = "b")]
fn two_names() {}

fn main() {}
