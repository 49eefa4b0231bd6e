//! An unknown option is an error that lists the valid ones, and suggests the nearest.

use traced::traced;

#[traced(knd = client)]
fn misspelt() {}

#[traced(colour)]
fn unheard_of() {}

fn main() {}
