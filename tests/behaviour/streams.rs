use std::pin::Pin;

use futures::stream::{self, BoxStream, Stream, StreamExt};
use insta::assert_snapshot;
use traced::traced;
use traced_tests::{tree, tree_async};

#[traced(attributes(to))]
fn opaque(to: u8) -> impl Stream<Item = u8> + Send {
    stream::iter(0..to).inspect(|n| traced::add_event(format!("item {n}")))
}

#[traced(ok)]
fn failing() -> impl Stream<Item = Result<u8, String>> {
    stream::iter([Ok(1), Err("first".to_owned()), Err("second".to_owned())])
}

#[traced]
fn boxed<'a>(list: &'a [u8]) -> Pin<Box<dyn Stream<Item = &'a u8> + 'a>> {
    Box::pin(stream::iter(list))
}

#[traced(stream, ok)]
fn aliased() -> BoxStream<'static, Result<u8, String>> {
    stream::iter([Ok(1), Ok(2)]).boxed()
}

#[test]
fn the_span_lasts_until_the_stream_ends() {
    let tree = tree_async(async {
        assert_eq!(opaque(2).collect::<Vec<_>>().await, [0, 1]);
        assert_eq!(failing().count().await, 3);
        assert_eq!(boxed(&[1, 2]).count().await, 2);
        assert_eq!(aliased().count().await, 2);
    });
    assert_snapshot!(tree, @r#"

    opaque {to=2}
      ! item 0
      ! item 1
    failing error "first" {error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String", exception.message="first"}
    boxed
    aliased ok
    "#);
}

#[test]
fn or_until_it_is_dropped() {
    let tree = tree_async(async {
        let mut stream = Box::pin(opaque(9));
        stream.next().await;
        traced::add_event("outside");
        drop(stream);
    });
    assert_snapshot!(tree, @"

    opaque {to=9}
      ! item 0
    ");
    assert_snapshot!(crate::streams::tree(|| drop(aliased())), @"

    aliased
    ");
}

#[traced]
fn panicking() -> impl Stream<Item = u8> {
    stream::iter(0..3).inspect(|n| assert!(*n < 1, "at item {n}"))
}

#[test]
fn a_panic_counts() {
    let tree = tree(|| {
        let all =
            std::panic::catch_unwind(|| traced_tests::block_on(panicking().collect::<Vec<_>>()));
        assert!(all.is_err());
    });
    assert_snapshot!(tree, @r#"

    panicking error "at item 1" {error.type="panic"}
      ! exception {exception.type="panic", exception.message="at item 1"}
    "#);
}

#[test]
fn its_size_is_known_as_before() {
    assert_eq!(opaque(5).size_hint(), (5, Some(5)));
}
