//! An unknown option; a likely one is suggested.

use traced::traced;

#[traced(knd = client)]
fn misspelt() {}

#[traced(colour)]
fn unheard_of() {}

fn main() {}
