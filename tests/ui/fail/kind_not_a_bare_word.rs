//! The kind must be a bare word.

use traced::traced;

#[traced(kind = "server")]
fn quoted_kind() {}

#[traced(kind = SpanKind::Client)]
fn kind_path() {}

fn main() {}
