//! The parent must be able to carry a trace context.

use traced::traced;

struct User;

#[traced(parent = user)]
fn no_carrier(user: &User) {}

fn main() {}
