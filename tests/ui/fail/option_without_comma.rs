//! Options must be separated by commas.

use traced::traced;

#[traced(ok kind = client)]
fn no_comma() {}

fn main() {}
