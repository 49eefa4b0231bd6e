//! `follows_from` of `tracing` is called `links` here.

use traced::traced;

#[traced(follows_from = causes)]
fn follows_from(causes: &[u8]) {}

fn main() {}
