//! A function without a body has nothing to trace.

use traced::traced;

trait Trait {
    #[traced]
    fn without_body(&self);
}

fn main() {}
