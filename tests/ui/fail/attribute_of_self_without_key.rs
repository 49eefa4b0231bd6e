//! A field of `self` needs a key, since `self.id` would be a bad one.

use traced::traced;

struct Order {
    id: u64,
}

impl Order {
    #[traced(attributes(self.id))]
    fn own_field(&self) {}
}

fn main() {}
