//! The name cannot be borrowed from an argument, since it must outlive the call.

use traced::traced;

#[traced(name = title)]
fn borrowed_name(title: &str) {}

#[traced(name = title)]
async fn borrowed_string_as_name<'a>(title: &'a String) {}

#[traced(name = &title)]
fn name_by_reference(title: String) {}

fn main() {}
