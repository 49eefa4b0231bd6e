//! An unknown kind; the likely one is suggested.

use traced::traced;

#[traced(kind = sever)]
fn misspelt_kind() {}

fn main() {}
