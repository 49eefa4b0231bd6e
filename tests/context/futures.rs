use std::future::{Future, pending};
use std::pin::pin;

use futures::future::{join, select};
use futures::stream::{self, Stream, StreamExt};
use insta::assert_snapshot;
use tokio::runtime;
use tokio::task::JoinSet;
use traced::context::{in_current_context, spawn, spawn_blocking};
use traced::testing::Capture;
use traced_tests::tree_async;

use crate::{Dropped, inner, inner_async, outer, outer_async};

/// Returns the trace of `future`, on a runtime with several threads.
fn tree_threads<F: Future>(future: F) -> String {
    let capture = Capture::new();
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    runtime.block_on(capture.run_async(future));
    capture.tree().into()
}

#[test]
fn a_task() {
    let tree = tree_threads(outer_async(async {
        assert_eq!(spawn(inner_async(1)).await.unwrap(), 1);
        tokio::spawn(inner_async(2)).await.unwrap();
        spawn(async { spawn(inner_async(3)).await.unwrap() })
            .await
            .unwrap();
    }));
    assert_snapshot!(tree, @"

    outer
      inner {n=1}
      inner {n=3}
    ");
}

#[test]
fn the_blocking_pool() {
    let tree = tree_threads(outer_async(async {
        assert_eq!(spawn_blocking(|| inner(1)).await.unwrap(), 1);
    }));
    assert_snapshot!(tree, @"

    outer
      inner {n=1}
    ");
}

#[test]
fn an_aborted_task_is_dropped_in_its_context() {
    let tree = tree_async(outer_async(async {
        let task = spawn(outer_async(async {
            let _dropped = Dropped("dropped");
            pending::<()>().await;
        }));
        tokio::task::yield_now().await;
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
        inner(2);
    }));
    assert_snapshot!(tree, @"

    outer
      outer {traced.cancelled=true}
        ! dropped
      inner {n=2}
    ");
}

#[test]
fn a_task_that_panics_leaves_its_thread_as_it_was() {
    let tree = tree_async(outer_async(async {
        let task = spawn(async {
            inner(1);
            panic!("no more")
        });
        assert!(task.await.unwrap_err().is_panic());
        tokio::spawn(inner_async(2)).await.unwrap();
        inner(3);
    }));
    assert_snapshot!(tree, @"

    outer
      inner {n=1}
      inner {n=3}
    ");
}

#[test]
fn tasks_of_a_set_that_is_shut_down() {
    let tree = tree_async(outer_async(async {
        let mut tasks = JoinSet::new();
        tasks.spawn(in_current_context(outer_async(async {
            let _dropped = Dropped("dropped");
            inner(1);
            pending::<()>().await;
        })));
        tokio::task::yield_now().await;
        tasks.shutdown().await;
        inner(2);
    }));
    assert_snapshot!(tree, @"

    outer
      outer {traced.cancelled=true}
        ! dropped
        inner {n=1}
      inner {n=2}
    ");
}

#[test]
fn a_future_elsewhere() {
    let tree = tree_async(async {
        let future = outer(|| in_current_context(inner_async(1)));
        outer_async(async {
            let (one, two) = join(future, inner_async(2)).await;
            assert_eq!((one, two), (1, 2));
        })
        .await;
    });
    assert_snapshot!(tree, @"

    outer
      inner {n=1}
    outer
      inner {n=2}
    ");
}

#[test]
fn a_future_is_dropped_in_its_context() {
    let tree = tree_async(outer_async(async {
        let owned = Dropped("never polled");
        let unpolled = in_current_context(async move { drop(owned) });
        outer(|| drop(unpolled));
        let polled = in_current_context(async {
            let _dropped = Dropped("polled");
            pending::<()>().await;
        });
        outer_async(async {
            let _ = select(Box::pin(polled), pin!(async {})).await;
        })
        .await;
    }));
    assert_snapshot!(tree, @"

    outer
      ! never polled
      ! polled
      outer
      outer
    ");
}

fn numbers() -> impl Stream<Item = usize> {
    stream::iter(1..3).map(inner)
}

#[test]
fn a_stream() {
    let tree = tree_async(async {
        let stream = outer(|| in_current_context(numbers()));
        assert_eq!(stream.size_hint(), (2, Some(2)));
        let sum = outer_async(stream.fold(0, |sum, n| async move { sum + inner(10 * n) })).await;
        assert_eq!(sum, 30);
    });
    assert_snapshot!(tree, @"

    outer
      inner {n=1}
      inner {n=2}
    outer
      inner {n=10}
      inner {n=20}
    ");
}

#[test]
fn select_and_its_cancelled_branch() {
    let tree = tree_async(outer_async(async {
        tokio::select! {
            biased;
            () = outer_async(async {
                let _dropped = Dropped("dropped");
                inner(1);
                pending::<()>().await;
            }) => unreachable!(),
            n = inner_async(2) => assert_eq!(n, 2),
        }
        inner(3);
    }));
    assert_snapshot!(tree, @"

    outer
      outer {traced.cancelled=true}
        ! dropped
        inner {n=1}
      inner {n=2}
      inner {n=3}
    ");
}

#[test]
fn select_in_a_loop_with_a_task() {
    let tree = tree_async(outer_async(async {
        let (sender, mut receiver) = tokio::sync::mpsc::channel(1);
        let task = spawn(async move {
            for n in 1..3 {
                sender.send(inner_async(n).await).await.unwrap();
            }
        });
        let mut task = pin!(task);
        loop {
            tokio::select! {
                biased;
                Some(n) = receiver.recv() => drop(inner(10 * n)),
                done = &mut task => break done.unwrap(),
            }
        }
    }));
    assert_snapshot!(tree, @"

    outer
      inner {n=1}
      inner {n=2}
      inner {n=10}
      inner {n=20}
    ");
}
