//! `root` and `parent` exclude each other.

use opentelemetry::Context;
use traced::traced;

#[traced(root, parent = Context::new())]
fn two_parents() {}

fn main() {}
