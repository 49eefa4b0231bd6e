//! `?` needs `Debug`.

use traced::traced;

struct User;

#[traced(attributes(?user))]
fn no_debug(user: &User) {}

fn main() {}
