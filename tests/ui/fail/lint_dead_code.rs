//! The attribute does not hide the lint `dead_code`.

#![deny(unused)]

use traced::traced;

#[traced]
fn never_called() {}

fn main() {}
