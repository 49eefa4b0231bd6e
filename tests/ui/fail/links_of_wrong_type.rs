//! The links are an iterator.

use traced::traced;

#[traced(links = 7)]
fn odd_links() {}

fn main() {}
