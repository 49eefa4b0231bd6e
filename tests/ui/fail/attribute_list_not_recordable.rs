//! A list is recorded if its elements can be.

use traced::traced;

struct User;

#[traced(attributes(list))]
fn list(list: Vec<User>) {}

fn main() {}
