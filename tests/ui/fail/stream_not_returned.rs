//! `stream` is only for functions that return a stream, and one that can be boxed again.

use traced::traced;

#[traced(stream)]
async fn no_stream() -> u8 {
    1
}

#[traced(stream)]
fn nothing_like_a_stream() -> Vec<u8> {
    Vec::new()
}

type BoxStream<'a, T> = std::pin::Pin<Box<dyn futures::Stream<Item = T> + 'a>>;

#[traced(stream)]
fn outlives_its_items<'a>(_text: &'a str) -> BoxStream<'static, &'a str> {
    Box::pin(futures::stream::once(async { "item" }))
}

fn main() {}
