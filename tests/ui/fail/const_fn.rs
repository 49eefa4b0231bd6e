//! A `const fn` cannot open a span.

use traced::traced;

#[traced]
const fn constant() {}

fn main() {}
