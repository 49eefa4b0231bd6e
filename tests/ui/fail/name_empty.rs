//! The name must not be empty.

use traced::traced;

#[traced("")]
fn empty_name() {}

fn main() {}
