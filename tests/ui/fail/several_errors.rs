//! All errors of one attribute are reported together, and the function is there beside them.

use traced::traced;

#[traced(fields(a), kind = sever, attributes(b, "c"), name = "x", name = "y")]
fn function(a: u8) -> u8 {
    a
}

fn main() {
    let _: u8 = function(1);
}
