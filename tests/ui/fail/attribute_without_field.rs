//! An unknown field causes the compiler's own error, at the user's token.

use traced::traced;

struct User;

#[traced(attributes(user.name))]
fn no_field(user: &User) {}

fn main() {}
