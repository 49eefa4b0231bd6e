//! What `set_attribute` records must be a value.

struct User;

fn main() {
    traced::set_attribute("user", User);
}
