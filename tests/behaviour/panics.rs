use std::panic::{AssertUnwindSafe, catch_unwind};

use insta::assert_snapshot;
use traced::testing::Capture;
use traced::traced;
use traced_tests::{block_on, tree};

#[traced]
fn outer(message: &str) {
    inner(message);
}

#[traced]
fn inner(message: &str) {
    panic!("{message}");
}

#[traced]
fn static_message() -> u8 {
    panic!("static")
}

#[traced]
fn odd_payload() {
    std::panic::panic_any(7_u8);
}

#[traced]
async fn later() {
    tokio::task::yield_now().await;
    panic!("in a future");
}

#[traced]
fn in_place() -> impl Iterator<Item = u8> {
    assert!(std::hint::black_box(false), "in place");
    0..3
}

/// Returns a value that is too large to be moved, so the message of the panic is not seen.
#[traced]
fn large() -> [u8; 2048] {
    assert!(std::hint::black_box(false), "large");
    [0; 2048]
}

/// Takes an argument of the same size. The message of the panic is seen.
#[traced]
#[expect(clippy::large_types_passed_by_value, reason = "that is what is tested")]
fn with_large(argument: [u8; 2048]) -> u8 {
    assert!(
        std::hint::black_box(argument)[0] > 0,
        "with a large argument"
    );
    argument[1]
}

#[test]
fn a_panic_of_a_function_with_large_values_is_recorded() {
    let tree = tree(|| {
        caught(large);
        caught(|| with_large([0; 2048]));
        assert_eq!(with_large([1; 2048]), 1);
    });
    assert_snapshot!(tree, @r#"

    large error "" {error.type="panic"}
      ! exception {exception.type="panic"}
    with_large error "with a large argument" {error.type="panic"}
      ! exception {exception.type="panic", exception.message="with a large argument"}
    with_large
    "#);
}

#[traced]
fn around_in_place() -> usize {
    in_place().count()
}

fn caught<R>(f: impl FnOnce() -> R) {
    let payload = catch_unwind(AssertUnwindSafe(f)).err();
    assert!(payload.is_some(), "the panic went on");
}

#[test]
fn a_panic_is_recorded_once_and_goes_on() {
    let tree = tree(|| {
        caught(|| outer("boom"));
        caught(static_message);
        caught(odd_payload);
    });
    assert_snapshot!(tree, @r#"

    outer error "boom" {error.type="panic"}
      inner error "boom" {error.type="panic"}
        ! exception {exception.type="panic", exception.message="boom"}
    static_message error "static" {error.type="panic"}
      ! exception {exception.type="panic", exception.message="static"}
    odd_payload error "" {error.type="panic"}
      ! exception {exception.type="panic"}
    "#);
}

#[test]
fn a_panic_in_a_future_is_recorded() {
    let capture = Capture::new();
    caught(|| block_on(capture.run_async(later())));
    assert_snapshot!(capture.tree(), @r#"

    later error "in a future" {error.type="panic"}
      ! exception {exception.type="panic", exception.message="in a future"}
    "#);
}

#[test]
fn a_body_in_place_records_a_panic_without_its_message() {
    assert_snapshot!(tree(|| caught(around_in_place)), @r#"

    around_in_place error "in place" {error.type="panic"}
      in_place error "" {error.type="panic"}
        ! exception {exception.type="panic"}
    "#);
}

#[traced]
fn while_unwinding() -> Result<(), String> {
    Ok(())
}

#[traced]
fn in_place_while_unwinding() -> impl Iterator<Item = u8> {
    0..3
}

struct OnDrop;

impl Drop for OnDrop {
    fn drop(&mut self) {
        let _ = while_unwinding();
        assert_eq!(in_place_while_unwinding().count(), 3);
    }
}

#[test]
fn a_panic_that_unwinds_around_a_call_is_not_its_own() {
    let tree = tree(|| {
        caught(|| {
            let _on_drop = OnDrop;
            panic!("around");
        });
    });
    assert_snapshot!(tree, @"

    while_unwinding
    in_place_while_unwinding
    ");
}
