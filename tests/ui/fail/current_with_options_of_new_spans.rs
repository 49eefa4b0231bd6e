//! `current` opens no span, so it excludes the options about its start.

use traced::traced;

#[traced("name", current, kind = client, root)]
fn current_and_new() {}

fn main() {}
