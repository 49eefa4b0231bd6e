//! Values that cannot be recorded, and other type errors at the user's tokens.

use traced::traced;

struct User;

#[traced(attributes(user))]
fn neither(user: &User) {}

#[traced(attributes(%user))]
fn no_display(user: &User) {}

#[traced(attributes(?user))]
fn no_debug(user: &User) {}

#[traced(attributes(list))]
fn list(list: Vec<User>) {}

#[traced(attributes(user.name))]
fn no_field(user: &User) {}

#[traced(parent = user)]
fn no_carrier(user: &User) {}

#[traced(name = 7)]
fn no_name() {}

#[traced(err = ?)]
fn no_debug_error() -> Result<(), User> {
    Ok(())
}

#[traced(crate = nowhere)]
fn no_crate() {}

fn main() {}
