use std::sync::mpsc;
use std::thread;

use insta::assert_snapshot;
use opentelemetry::Context;
use rayon::prelude::*;
use traced::context::{self, call_in_current_context, each_in_current_context};
use traced::testing::Capture;
use traced::traced;
use traced_tests::tree;

use crate::{Dropped, inner, outer};

#[test]
fn a_thread() {
    let tree = tree(|| outer(|| context::thread::spawn(|| inner(1)).join().unwrap()));
    assert_snapshot!(tree, @"

    outer
      inner {n=1}
    ");
}

#[test]
fn scoped_threads_that_borrow() {
    let numbers = [1, 2];
    let tree = tree(|| {
        outer(|| {
            thread::scope(|scope| {
                for n in &numbers {
                    context::thread::spawn_scoped(scope, move || inner(*n))
                        .join()
                        .unwrap();
                }
            });
        });
    });
    assert_snapshot!(tree, @"

    outer
      inner {n=1}
      inner {n=2}
    ");
}

#[test]
fn the_span_of_a_thread_may_end_after_the_one_above() {
    let capture = Capture::new();
    let (sender, receiver) = mpsc::channel::<()>();
    let handle = capture.run(|| {
        outer(|| {
            context::thread::spawn(move || {
                receiver.recv().unwrap_err();
                inner(1)
            })
        })
    });
    assert_eq!(capture.tree(), "\nouter\n");
    drop(sender);
    handle.join().unwrap();
    assert_eq!(capture.tree(), "\nouter\n  inner {n=1}\n");
}

#[test]
fn a_panicking_thread() {
    let tree = tree(|| {
        outer(|| {
            let handle = context::thread::spawn(|| outer(|| panic!("no more")));
            assert!(handle.join().is_err());
            inner(2);
        });
    });
    assert_snapshot!(tree, @r#"

    outer
      outer error "no more" {error.type="panic"}
        ! exception {exception.type="panic", exception.message="no more"}
      inner {n=2}
    "#);
}

#[test]
fn what_a_closure_owns_is_dropped_in_its_context() {
    let tree = tree(|| {
        let owned = Dropped("dropped");
        let closure = outer(|| {
            call_in_current_context(move || {
                let _owned = owned;
                inner(1)
            })
        });
        outer(closure);
    });
    assert_snapshot!(tree, @"

    outer
      inner {n=1}
    outer
    ");
}

/// Returns the lines below the first one sorted, since rayon runs things in any order.
fn sorted(tree: &str) -> String {
    let mut lines: Vec<_> = tree.lines().collect();
    lines[2..].sort_unstable();
    lines.join("\n")
}

#[test]
fn rayon_join() {
    let tree = tree(|| {
        outer(|| {
            let [left, right] = [1, 2].map(|n| call_in_current_context(move || inner(n)));
            assert_eq!(rayon::join(left, right), (1, 2));
        });
    });
    assert_snapshot!(sorted(&tree), @"

    outer
      inner {n=1}
      inner {n=2}
    ");
}

#[test]
fn rayons_parallel_iterators() {
    let tree = tree(|| {
        outer(|| {
            let numbers = (0..4).into_par_iter().map(each_in_current_context(inner));
            assert_eq!(numbers.sum::<usize>(), 6);
        });
    });
    assert_snapshot!(sorted(&tree), @"

    outer
      inner {n=0}
      inner {n=1}
      inner {n=2}
      inner {n=3}
    ");
}

#[test]
fn rayon_scopes() {
    let tree = tree(|| {
        outer(|| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(1)
                .build()
                .unwrap();
            let work = call_in_current_context(|| inner(1));
            pool.scope(|scope| {
                scope.spawn(|_| {
                    work();
                });
            });
            pool.install(|| inner(2));
            pool.install(call_in_current_context(|| inner(3)))
        })
    });
    assert_snapshot!(tree, @"

    outer
      inner {n=1}
      inner {n=3}
    ");
}

struct Job {
    n: usize,
    context: Context,
}

#[traced(parent = job.context, attributes(job.n))]
fn work(job: &Job) {
    inner(job.n);
}

#[test]
fn a_channel() {
    let (sender, receiver) = mpsc::channel::<Job>();
    let worker = thread::spawn(move || receiver.iter().for_each(|job| work(&job)));
    let capture = Capture::new();
    capture.run(|| {
        for n in 1..3 {
            outer(|| {
                sender
                    .send(Job {
                        n,
                        context: Context::current(),
                    })
                    .unwrap();
            });
        }
    });
    drop(sender);
    worker.join().unwrap();
    assert_snapshot!(capture.tree(), @"

    outer
      work {job.n=1}
        inner {n=1}
    outer
      work {job.n=2}
        inner {n=2}
    ");
}
