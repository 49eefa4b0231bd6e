use insta::assert_snapshot;
use opentelemetry::Context;
use opentelemetry::context::FutureExt;
use traced::baggage;
use traced::context::{spawn, spawn_blocking};
use traced::testing::Capture;
use traced_tests::{block_on, tree};

use crate::{inner, outer, outer_async};

/// Returns the current baggage under these keys.
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
fn at_most_64_members_can_be_set() {
    let mut context = Context::new();
    for n in 0..65 {
        let _guard = context.attach();
        context = baggage::set(format!("k{n:02}"), "v");
    }
    let _full = context.attach();
    assert_eq!(baggage::get("k63").as_deref(), Some("v"));
    assert_eq!(baggage::get("k64"), None);
    let _replaced = baggage::set("k00", "w").attach();
    assert_eq!(baggage::get("k00").as_deref(), Some("w"));
    let _removed = baggage::remove("k00").attach();
    let _added = baggage::set("k64", "v").attach();
    assert_eq!(baggage::get("k64").as_deref(), Some("v"));
}

#[test]
fn at_most_8192_bytes_can_be_set() {
    let _exact = baggage::set("a", "x".repeat(8191)).attach();
    let _longer = baggage::set("a", "y".repeat(8192)).attach();
    assert_eq!(baggage::get("a"), Some("x".repeat(8191)));
    let _removed = baggage::remove("a").attach();
    let _other = baggage::set("b", "z".repeat(8191)).attach();
    assert_eq!(baggage::get("b"), Some("z".repeat(8191)));
}

#[test]
fn a_future_inside_of_another_has_its_own() {
    let inside = async {
        tokio::task::yield_now().await;
        assert_eq!(seen(), [None, Some("b".into())]);
        let elsewhere = spawn_blocking(seen).await.unwrap();
        assert_eq!(elsewhere, [None, Some("b".into())]);
    };
    let outside = async {
        let removed = baggage::remove("tenant");
        let context = {
            let _guard = removed.attach();
            baggage::set("user", "b")
        };
        inside.with_context(context).await;
        assert_eq!(seen(), [Some("a".into()), None]);
    };
    block_on(outside.with_context(baggage::set("tenant", "a")));
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
