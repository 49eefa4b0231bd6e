//! A misspelled kind is an error that suggests the right one.

use traced::traced;

#[traced(kind = sever)]
fn misspelt_kind() {}

fn main() {}
