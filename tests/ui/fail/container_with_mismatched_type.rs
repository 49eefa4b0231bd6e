//! A wrong type in a container causes the compiler's own error, at the user's token.

use traced::traced;

#[traced(kind = client)]
trait Trait {
    fn fine(&self) -> u8 {
        "text"
    }
}

fn main() {}
