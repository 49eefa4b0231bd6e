//! `%` needs `Display`.

use traced::traced;

struct User;

#[traced(attributes(%user))]
fn no_display(user: &User) {}

fn main() {}
