//! `stream` is only for functions that return a stream.

use traced::traced;

#[traced(stream)]
async fn no_stream() -> u8 {
    1
}

#[traced(stream)]
fn nothing_like_a_stream() -> Vec<u8> {
    Vec::new()
}

fn main() {}
