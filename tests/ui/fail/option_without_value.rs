//! Some options need a value.

use traced::traced;

#[traced(kind)]
fn kind_without_value() {}

#[traced(name =)]
fn name_without_value() {}

#[traced(crate)]
fn crate_without_path() {}

#[traced(level)]
fn level_without_value() {}

fn main() {}
