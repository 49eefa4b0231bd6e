use insta::assert_snapshot;
use traced::traced;
use traced_tests::{tree, tree_async};

#[traced]
fn outer(fail: bool) -> Result<u8, String> {
    helper(7, fail)
}

#[traced(current, attributes(n), ret)]
fn helper(n: u8, fail: bool) -> Result<u8, String> {
    below();
    if fail {
        Err("in the helper".to_owned())
    } else {
        Ok(n)
    }
}

#[traced]
fn below() {}

#[traced]
async fn outer_later() {
    helper_later(8).await;
}

#[traced(current, attributes(n))]
async fn helper_later(n: u8) {
    tokio::task::yield_now().await;
    below();
    std::hint::black_box(n);
}

#[traced]
fn panicking_outer() {
    panicking_helper();
}

#[traced(current)]
fn panicking_helper() {
    panic!("in the helper");
}

#[test]
fn it_opens_no_span_and_writes_to_the_current_one() {
    let tree = tree(|| {
        let _ = outer(false);
        let _ = outer(true);
        let _ = helper(9, true);
        assert!(std::panic::catch_unwind(panicking_outer).is_err());
    });
    assert_snapshot!(tree, @r#"

    outer {n=7, return=7}
      below
    outer error "in the helper" {n=7, error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String", exception.message="in the helper"}
      below
    below
    panicking_outer error "in the helper" {error.type="panic"}
      ! exception {exception.type="panic", exception.message="in the helper"}
    "#);
    assert_snapshot!(tree_async(outer_later()), @"

    outer_later {n=8}
      below
    ");
}
