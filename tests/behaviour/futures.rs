use std::cell::RefCell;
use std::future::{Future, pending, ready};
use std::mem::size_of_val;
use std::rc::Rc;
use std::time::Duration;

use insta::assert_snapshot;
use traced::testing::Capture;
use traced::traced;
use traced_tests::{block_on, tree, tree_async};

#[traced]
async fn parent() -> u8 {
    let before = child(1).await;
    tokio::task::yield_now().await;
    before + child(2).await
}

#[traced(attributes(n))]
async fn child(n: u8) -> u8 {
    tokio::task::yield_now().await;
    traced::add_event("polled again");
    n
}

#[test]
fn children_are_below_their_parent() {
    assert_snapshot!(tree_async(parent()), @"

    parent
      child {n=1}
        ! polled again
      child {n=2}
        ! polled again
    ");
}

#[test]
fn interleaved_futures_keep_their_own_spans() {
    let tree = tree_async(async { tokio::join!(parent(), child(3)) });
    assert_snapshot!(tree, @"

    parent
      child {n=1}
        ! polled again
      child {n=2}
        ! polled again
    child {n=3}
      ! polled again
    ");
}

#[test]
fn a_future_that_is_never_polled_makes_no_span() {
    let tree = tree(|| drop(parent()));
    assert_eq!(tree, "\n");
}

struct Noisy;

impl Drop for Noisy {
    fn drop(&mut self) {
        traced::add_event("dropped");
    }
}

#[traced]
async fn waits(argument: Noisy) {
    let _local = Noisy;
    let _ = &argument;
    pending::<()>().await;
}

#[test]
fn a_cancelled_future_is_dropped_inside_its_span() {
    let tree = tree_async(async {
        let timeout = tokio::time::timeout(Duration::from_millis(1), waits(Noisy));
        assert!(timeout.await.is_err());
        traced::add_event("outside");
    });
    assert_snapshot!(tree, @"

    waits {traced.cancelled=true}
      ! dropped
      ! dropped
    ");
}

/// Awaits a traced function when it is dropped.
struct Awaiting;

impl Drop for Awaiting {
    fn drop(&mut self) {
        let mut cleanup = std::pin::pin!(clean_up(1));
        let mut task = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(cleanup.as_mut().poll(&mut task).is_ready());
        traced::add_event("cleaned up");
    }
}

#[traced(attributes(n))]
async fn clean_up(n: u8) {
    ready(()).await;
}

#[traced]
async fn waits_with_cleanup() {
    let _awaiting = Awaiting;
    pending::<()>().await;
}

#[test]
fn what_is_awaited_in_a_drop_leaves_the_dropped_span_current() {
    let tree = tree_async(async {
        let waits = waits_with_cleanup();
        let timeout = tokio::time::timeout(Duration::from_millis(1), waits);
        assert!(timeout.await.is_err());
    });
    assert_snapshot!(tree, @"

    waits_with_cleanup {traced.cancelled=true}
      ! cleaned up
      clean_up {n=1}
    ");
}

#[traced]
async fn panics_when_dropped() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("in drop");
        }
    }
    let _bomb = Bomb;
    pending::<()>().await;
}

#[test]
fn a_drop_that_panics_leaves_the_context_as_it_was() {
    let capture = Capture::new();
    capture.run(|| {
        let dropped = std::panic::catch_unwind(|| {
            block_on(async {
                let mut future = Box::pin(panics_when_dropped());
                std::future::poll_fn(|task| {
                    assert!(future.as_mut().poll(task).is_pending());
                    std::task::Poll::Ready(())
                })
                .await;
            });
        });
        assert!(dropped.is_err());
        assert_eq!(traced::span_id(), None);
    });
    assert_snapshot!(capture.tree(), @"

    panics_when_dropped {traced.cancelled=true}
    ");
}

#[test]
fn a_spawned_future_starts_a_new_trace() {
    let capture = Capture::new();
    capture.run(|| {
        block_on(async {
            use opentelemetry::context::FutureExt;
            let empty = capture.context();
            let outer = traced_outer(empty);
            outer.with_current_context().await;
        });
    });
    assert_snapshot!(capture.tree(), @"

    traced_outer
    child {n=1}
      ! polled again
    ");
}

#[traced]
async fn traced_outer(empty: opentelemetry::Context) {
    use opentelemetry::context::FutureExt;
    // A spawned task begins in the empty context; the capture must be carried along for this test to see it.
    let task = tokio::spawn(child(1).with_context(empty));
    task.await.unwrap();
}

#[test]
fn futures_stay_send() {
    fn is_send<T: Send>(_: &T) {}
    is_send(&parent());
    is_send(&traced_outer(opentelemetry::Context::new()));
}

#[traced]
async fn not_send() -> usize {
    let shared = Rc::new(RefCell::new(1));
    ready(()).await;
    Rc::strong_count(&shared)
}

#[test]
fn what_is_not_send_works_on_one_thread() {
    assert_eq!(block_on(not_send()), 1);
}

#[allow(clippy::large_types_passed_by_value)]
async fn plain_size(argument: [u8; 1000]) -> usize {
    ready(()).await;
    argument.len()
}

#[traced]
#[allow(clippy::large_types_passed_by_value)]
async fn traced_size(argument: [u8; 1000]) -> usize {
    ready(()).await;
    argument.len()
}

#[test]
fn an_argument_is_not_stored_once_more() {
    let plain = size_of_val(&plain_size([0; 1000]));
    let traced = size_of_val(&traced_size([0; 1000]));
    assert!(traced <= plain + 64, "{traced} against {plain}");
}

/// Each function awaits the one before it. Defined callee first: callers first, the compiler computes the layout of the
/// whole nest at once, and its default recursion limit is reached at 13 (33 without the attribute, on Rust 1.95).
macro_rules! chain {
    ($callee:ident $caller:ident $($rest:ident)*) => {
        #[traced]
        async fn $caller(n: u8) -> u8 {
            $callee(n).await
        }
        chain!($caller $($rest)*);
    };
    ($last:ident) => {};
}

#[traced]
async fn f20(n: u8) -> u8 {
    ready(()).await;
    n
}

chain!(f20 f19 f18 f17 f16 f15 f14 f13 f12 f11 f10 f9 f8 f7 f6 f5 f4 f3 f2 f1);

#[test]
fn a_chain_of_twenty_is_send_and_nested() {
    fn is_send<T: Send>(future: T) -> T {
        future
    }
    let tree = tree_async(is_send(f1(7)));
    assert_eq!(tree.lines().filter(|line| line.contains('f')).count(), 20);
    assert!(
        tree.contains(&format!("\n{}f20\n", "  ".repeat(19))),
        "{tree}"
    );
}

#[traced]
async fn uses_another_task(n: u8) -> Result<u8, String> {
    let task = tokio::spawn(async move { n.checked_sub(1).ok_or("too small") });
    Ok(task.await.map_err(|error| error.to_string())??)
}

#[test]
fn a_future_may_move_between_threads() {
    let capture = Capture::new();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    let result = runtime.block_on(capture.run_async(uses_another_task(0)));
    assert!(result.is_err());
    assert_snapshot!(capture.tree(), @r#"

    uses_another_task error "too small" {error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String", exception.message="too small"}
    "#);
}

#[test]
fn select_cancels_the_losing_branch() {
    let tree = tree_async(async {
        tokio::select! {
            biased;
            () = waits(Noisy) => {}
            _ = child(1) => {}
        }
    });
    assert_snapshot!(tree, @"

    waits {traced.cancelled=true}
      ! dropped
      ! dropped
    child {n=1}
      ! polled again
    ");
}
