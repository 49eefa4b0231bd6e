//! A list can be recorded only if its elements can.

use traced::traced;

struct User;

#[traced(attributes(list))]
fn list(list: Vec<User>) {}

fn main() {}
