//! `ret` cannot record the many values of a stream.

use traced::traced;

#[traced(ret)]
fn ret_of_stream() -> impl futures::Stream<Item = u8> {
    futures::stream::empty()
}

fn main() {}
