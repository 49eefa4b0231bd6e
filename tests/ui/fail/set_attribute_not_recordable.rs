//! The value for `set_attribute` must be a boolean, number, string or list.

struct User;

fn main() {
    traced::set_attribute("user", User);
}
