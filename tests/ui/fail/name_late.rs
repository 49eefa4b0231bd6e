//! The name must come before the other options.

use traced::traced;

#[traced(kind = client, "late")]
fn late_name() {}

fn main() {}
