//! A comma stands between options.

use traced::traced;

#[traced(ok kind = client)]
fn no_comma() {}

fn main() {}
