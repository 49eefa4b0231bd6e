//! What the attribute cannot stand on.

use traced::traced;

#[traced]
const fn constant() {}

trait Trait {
    #[traced]
    fn without_body(&self);
}

#[traced]
struct Struct;

#[traced]
static STATIC: u8 = 1;

#[traced]
const CONST: u8 = 1;

fn main() {}
