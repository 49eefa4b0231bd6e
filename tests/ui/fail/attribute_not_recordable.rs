//! An attribute must be a value, or be formatted.

use traced::traced;

struct User;

#[traced(attributes(user))]
fn neither(user: &User) {}

fn main() {}
