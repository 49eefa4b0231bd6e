//! The scope must be a name or an `InstrumentationScope`.

use traced::traced;

#[traced(scope = 7)]
fn odd_scope() {}

fn main() {}
