use insta::assert_snapshot;
use opentelemetry::context::FutureExt;
use traced::baggage;
use traced::context::spawn;
use traced::testing::Capture;
use traced_tests::{block_on, tree};

use crate::{inner, outer, outer_async};

/// The current baggage under these keys.
fn seen() -> [Option<String>; 2] {
    ["tenant", "user"].map(baggage::get)
}

#[test]
fn it_holds_where_the_context_is_attached() {
    assert_eq!(seen(), [None, None]);
    {
        let _tenant = baggage::set("tenant", "a").attach();
        let _user = baggage::set("user", "b").attach();
        assert_eq!(seen(), [Some("a".into()), Some("b".into())]);
        {
            let _other = baggage::set("tenant", "c").attach();
            let _removed = baggage::remove("user").attach();
            assert_eq!(seen(), [Some("c".into()), None]);
        }
        assert_eq!(seen(), [Some("a".into()), Some("b".into())]);
    }
    assert_eq!(seen(), [None, None]);
}

#[test]
fn a_key_that_is_no_token_changes_nothing() {
    let _guard = baggage::set("tenant", "a").attach();
    let _refused = baggage::set("no token", "b").attach();
    let _too_long = baggage::set("user", "x".repeat(8192)).attach();
    assert_eq!(seen(), [Some("a".into()), None]);
}

#[test]
fn a_future_and_its_tasks_see_it() {
    let below = async { spawn(outer_async(async { seen() })).await.unwrap() };
    let future = below.with_context(baggage::set("tenant", "a"));
    assert_eq!(block_on(future), [Some("a".into()), None]);
    assert_eq!(seen(), [None, None]);
}

#[test]
fn traced_functions_keep_it() {
    let capture = Capture::new();
    let seen = capture.run(|| {
        let _guard = baggage::set("tenant", "a").attach();
        outer(seen)
    });
    assert_eq!(seen, [Some("a".into()), None]);
}

#[test]
fn named_keys_are_copied_to_spans() {
    let calls = || {
        let _tenant = baggage::set("copied.tenant", "a").attach();
        let _user = baggage::set("user", "b").attach();
        outer(|| inner(1));
    };
    assert_snapshot!(tree(calls), @"

    outer
      inner {n=1}
    ");
    baggage::copy_to_spans(["copied.tenant", "copied.other"]);
    assert_snapshot!(tree(calls), @r#"

    outer {copied.tenant="a"}
      inner {copied.tenant="a", n=1}
    "#);
    baggage::copy_to_spans([""; 0]);
    assert_snapshot!(tree(calls), @"

    outer
      inner {n=1}
    ");
}
