//! A value must be a boolean, number, string or list, unless it is formatted.

use traced::traced;

struct User;

#[traced(attributes(user))]
fn neither(user: &User) {}

fn main() {}
