//! Wrong entries of `attributes(…)`.

use traced::traced;

struct Order {
    id: u64,
}

impl Order {
    #[traced(attributes(self.id))]
    fn own_field(&self) {}
}

#[traced(attributes)]
fn no_list(a: u8) {}

#[traced(attributes = a)]
fn not_a_list(a: u8) {}

#[traced(attributes(b))]
fn no_such_argument(a: u8) {}

#[traced(attributes(order.id, ?order))]
fn no_arguments() {}

#[traced(attributes(a, "b" = 1, a = 2, "b" = 3))]
fn same_key_twice(a: u8) {}

#[traced(attributes("key"))]
fn literal_without_value() {}

#[traced(attributes({KEY}))]
fn constant_without_value() {}

#[traced(attributes("" = 1))]
fn empty_key() {}

#[traced(attributes(a = ))]
fn missing_value(a: u8) {}

#[traced(attributes(a.len()))]
fn not_a_path(a: &str) {}

#[traced(attributes(a b))]
fn no_comma(a: u8, b: u8) {}

#[traced(attributes(3 = a))]
fn odd_key(a: u8) {}

#[traced(attributes(key = ?, "key.too" = %))]
fn format_without_value(a: u8) {}

fn main() {}
