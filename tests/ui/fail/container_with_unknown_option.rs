//! An unknown option of a container is reported once, at the container.

use traced::traced;

struct Type;

#[traced(kid = client)]
impl Type {
    fn method(&self) {}
}

fn main() {}
