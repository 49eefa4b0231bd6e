//! `fields` of `tracing` are called `attributes` here.

use traced::traced;

#[traced(fields(a))]
fn from_tracing(a: u8) {}

#[traced(fields(user.id = 1))]
fn fields() {}

fn main() {}
