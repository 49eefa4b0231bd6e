//! What is wrong in an annotated `impl`, `trait` or `mod`.

use traced::traced;

struct Type;

#[traced(kid = client)]
impl Type {
    fn method(&self) {}
}

#[traced(attributes(order))]
impl Type {
    fn has_it(order: u8) {}

    fn has_it_not(&self) {}
}

#[traced(kind = client)]
trait Trait {
    #[traced(kind = sever)]
    fn own_mistake(&self) {}

    fn fine(&self) -> u8 {
        "text"
    }
}


fn main() {}
