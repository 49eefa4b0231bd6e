//! `attributes` takes a list in parentheses.

use traced::traced;

#[traced(attributes)]
fn no_list(a: u8) {}

#[traced(attributes = a)]
fn not_a_list(a: u8) {}

fn main() {}
