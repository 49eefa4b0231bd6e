//! Tests with other attributes above and below.

use insta::assert_snapshot;
use traced::testing::Capture;
use traced::traced;
use traced_tests::tree;

#[traced]
#[tokio::main(flavor = "current_thread")]
async fn traced_above() -> Result<u8, String> {
    tokio::task::yield_now().await;
    Err("above".to_owned())
}

#[tokio::main(flavor = "current_thread")]
#[traced]
async fn traced_below() -> Result<u8, String> {
    tokio::task::yield_now().await;
    Err("below".to_owned())
}

#[traced]
#[inline(always)]
#[allow(clippy::inline_always)]
fn inlined() {}

#[cfg_attr(all(), traced("conditional"))]
fn conditional() {}

#[traced("below")]
#[traced("above")]
fn twice() -> Result<(), String> {
    Err("once".to_owned())
}

#[test]
fn they_do_not_get_in_each_others_way() {
    let tree = tree(|| {
        let _ = traced_above();
        let _ = traced_below();
        inlined();
        conditional();
        let _ = twice();
    });
    assert_snapshot!(tree, @r#"

    traced_above error "above" {error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String", exception.message="above"}
    traced_below error "below" {error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String", exception.message="below"}
    inlined
    conditional
    above error "once" {error.type="alloc::string::String"}
      below error "once" {error.type="alloc::string::String"}
        ! exception {exception.type="alloc::string::String", exception.message="once"}
    "#);
}

#[traced]
#[test]
fn a_test_above() {
    assert_eq!(traced::span_id(), None);
}

#[tokio::test]
#[traced]
async fn a_test_below() -> Result<(), String> {
    let capture = Capture::new();
    capture.run(conditional);
    assert_eq!(capture.tree(), "\nconditional\n");
    Ok(())
}
