//! A wrong option of a function in a container is reported at the function.

use traced::traced;

#[traced(kind = client)]
trait Trait {
    #[traced(kind = sever)]
    fn own_mistake(&self) {}
}

fn main() {}
