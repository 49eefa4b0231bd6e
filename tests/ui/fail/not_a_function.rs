//! The attribute can stand only on functions and on items that hold functions.

use traced::traced;

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

fn main() {}
