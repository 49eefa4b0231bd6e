//! What `ret` records must be a boolean, number, string or list, unless it is formatted.

use traced::traced;

struct User;

#[traced(ret)]
fn ret_of_no_value() -> User {
    User
}

#[traced(ret("user" = |user| user))]
fn part_of_no_value() -> Option<User> {
    None
}

fn main() {}
