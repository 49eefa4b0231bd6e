//! `current` opens no span, so nothing can be said of its start.

use traced::traced;

#[traced("name", current, kind = client, root)]
fn current_and_new() {}

fn main() {}
