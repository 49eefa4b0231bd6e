//! A literal or constant key needs a value, and so does `=`.

use traced::traced;

#[traced(attributes("key"))]
fn literal_without_value() {}

#[traced(attributes({KEY}))]
fn constant_without_value() {}

#[traced(attributes(a = ))]
fn missing_value(a: u8) {}

#[traced(attributes(key = ?, "key.too" = %))]
fn format_without_value(a: u8) {}

fn main() {}
