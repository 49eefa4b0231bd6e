//! The level must be a bare word.

use traced::traced;

#[traced(level = "info")]
fn quoted_level() {}

#[traced(level = "INFO")]
fn loud_level() {}

#[traced(level = Level::INFO)]
fn level_path() {}

#[traced(level = tracing::Level::DEBUG)]
fn long_level_path() {}

#[traced(level = 3)]
fn level_number() {}

fn main() {}
