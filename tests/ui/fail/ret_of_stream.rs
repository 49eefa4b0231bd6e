//! A stream returns many values.

use traced::traced;

#[traced(ret)]
fn ret_of_stream() -> impl futures::Stream<Item = u8> {
    futures::stream::empty()
}

fn main() {}
