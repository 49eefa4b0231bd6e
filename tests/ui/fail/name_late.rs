//! The name comes first.

use traced::traced;

#[traced(kind = client, "late")]
fn late_name() {}

fn main() {}
