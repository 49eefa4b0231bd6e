//! The links must be an iterator.

use traced::traced;

#[traced(links = 7)]
fn odd_links() {}

fn main() {}
