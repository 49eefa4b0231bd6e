//! A wrong type in a function of a container is an error at the user's token.

use traced::traced;

#[traced(kind = client)]
trait Trait {
    fn fine(&self) -> u8 {
        "text"
    }
}

fn main() {}
