//! `None` as the parent starts a new trace in `tracing`.

use traced::traced;

#[traced(parent = None)]
fn no_parent() {}

fn main() {}
