//! A key without a value must begin with an argument.

use traced::traced;

#[traced(attributes(b))]
fn no_such_argument(a: u8) {}

#[traced(attributes(order.id, ?order))]
fn no_arguments() {}

fn main() {}
