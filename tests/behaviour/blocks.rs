//! Tests of `span!`.

use insta::assert_snapshot;
use traced::testing::Capture;
use traced::{span, traced};
use traced_tests::{block_on, tree, tree_async};

#[test]
fn a_block_has_its_value_and_its_span() {
    let (id, text) = (7, String::from("text"));
    let tree = tree(|| {
        let value = span!("block", kind = client, attributes(id, order.id = id + 1, ?text) => {
            traced::add_event("inside");
            id + 1
        });
        assert_eq!(value, 8);
        let value: Result<u8, String> = span!("failing" => { Err("failed".to_owned()) });
        assert!(value.is_err());
        span!("unit" => {});
        span!("expression", ok, ret => text.len());
        assert_eq!(text, "text");
    });
    assert_snapshot!(tree, @r#"

    block [client] {id=7, order.id=8, text="\"text\""}
      ! inside
    failing error "failed" {error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String", exception.message="failed"}
    unit
    expression ok {return=4}
    "#);
}

#[allow(clippy::needless_continue, reason = "it leaves the block")]
#[traced]
fn leaves(how: u8) -> Result<u8, String> {
    for n in 0..3 {
        span!("left", attributes(how, n) => {
            match how {
                0 => Err("by question mark".to_owned())?,
                1 => return Ok(1),
                2 => break,
                3 => continue,
                _ => panic!("by a panic"),
            };
        });
    }
    Ok(how)
}

#[test]
fn leaving_it_ends_the_span() {
    let capture = Capture::new();
    capture.run(|| {
        assert!(leaves(0).is_err());
        assert_eq!(leaves(1), Ok(1));
        assert_eq!(leaves(2), Ok(2));
        assert_eq!(leaves(3), Ok(3));
        assert!(std::panic::catch_unwind(|| leaves(4)).is_err());
    });
    assert_snapshot!(capture.tree(), @r#"

    leaves error "by question mark" {error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String", exception.message="by question mark"}
      left {how=0, n=0}
    leaves
      left {how=1, n=0}
    leaves
      left {how=2, n=0}
    leaves
      left {how=3, n=0}
      left {how=3, n=1}
      left {how=3, n=2}
    leaves error "by a panic" {error.type="panic"}
      left error "" {how=4, n=0, error.type="panic"}
        ! exception {exception.type="panic"}
    "#);
}

#[test]
fn an_async_block_is_a_future() {
    let text = String::from("text");
    let tree = tree_async(async {
        let future = span!("future", attributes(text) => async {
            tokio::task::yield_now().await;
            text.len().checked_sub(9).ok_or("too short")
        });
        traced::add_event("not started");
        assert_eq!(future.await, Err("too short"));
        let moved = text.clone();
        let future = span!("moved", attributes(moved) => async move { moved });
        assert_eq!(tokio::spawn(future).await.unwrap(), "text");
    });
    assert_snapshot!(tree, @r#"

    future error "too short" {text="text", error.type="str"}
      ! exception {exception.type="str", exception.message="too short"}
    "#);
}

struct Service {
    calls: u8,
}

impl Service {
    fn call(&mut self) -> &mut u8 {
        span!("method", attributes(calls = self.calls) => {
            self.calls += 1;
            &mut self.calls
        })
    }
}

#[test]
fn it_borrows_as_the_block_would() {
    let mut service = Service { calls: 1 };
    let tree = tree(|| *service.call() += 1);
    assert_eq!(service.calls, 3);
    assert_snapshot!(tree, @"

    method {calls=1}
    ");
    assert_eq!(block_on(span!("off" => async { 7 })), 7);
}

#[test]
fn names_do_not_collide() {
    let (span, site, value) = (1, 2, 3);
    let tree = tree(|| span!("hygiene", attributes(span, site, value) => span + site + value));
    assert_snapshot!(tree, @"

    hygiene {span=1, site=2, value=3}
    ");
}
