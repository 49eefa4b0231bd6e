//! A key without a value must begin with an argument of each function in a container.

use traced::traced;

struct Type;

#[traced(attributes(order))]
impl Type {
    fn has_it(order: u8) {}

    fn has_it_not(&self) {}
}

fn main() {}
