//! Options about how the span comes to be.

use opentelemetry::Context;
use traced::traced;

#[traced(root(linked))]
fn odd_root() {}

#[traced(root, parent = Context::new())]
fn two_parents() {}

#[traced(level = verbose)]
fn odd_level() {}

#[traced(level)]
fn level_without_value() {}

#[traced(scope = name)]
fn scope_of_an_argument(name: &'static str) {}

#[traced(scope = 7)]
fn odd_scope() {}

#[traced(links = 7)]
fn odd_links() {}

#[traced(name = title)]
fn borrowed_name(title: &str) {}

#[traced(name = title)]
async fn borrowed_string_as_name<'a>(title: &'a String) {}

#[traced(name = &title)]
fn name_by_reference(title: String) {}

#[traced("name", current, kind = client, root)]
fn current_and_new() {}

#[traced(skip)]
fn skip_alone() {}

fn main() {}
