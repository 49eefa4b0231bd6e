//! `parent = None` starts a new trace in `tracing`, but is an error here.

use traced::traced;

#[traced(parent = None)]
fn no_parent() {}

fn main() {}
