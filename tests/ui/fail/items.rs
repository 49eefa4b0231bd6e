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

#[traced]
unsafe extern "C" {
    fn foreign();
}

mod stays_in_place {
    use traced::traced;

    #[traced(err = ?)]
    #[track_caller]
    fn error_unseen() -> Result<(), u8> {
        Ok(())
    }
}

fn main() {}
