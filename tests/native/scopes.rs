//! Tests of the instrumentation scopes of spans that use the same boxes of a thread one after the
//! other.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context as Task, Waker};
use std::thread;

use futures::{Stream, StreamExt};
use opentelemetry::trace::Tracer;
use opentelemetry::{Context, InstrumentationScope, KeyValue, global};
use traced::{span, traced};

use crate::traces::Trace;

/// Returns the spans that `f` starts, each with its scope, in the order in which they begin.
fn scopes_of<R>(f: impl FnOnce() -> R) -> Vec<String> {
    let trace = Trace::new();
    trace.run(f);
    let spans = trace.spans();
    let shown = spans.iter().map(|span| {
        let scope = &span.instrumentation_scope;
        let version = scope.version().unwrap_or_default();
        let attributes = scope.attributes().map(|one| one.value.to_string());
        let attributes = attributes.collect::<Vec<_>>().join(",");
        format!("{}: {} {version} {attributes}", span.name, scope.name())
    });
    shown.map(|line| line.trim_end().to_owned()).collect()
}

const OWN: &str = concat!("traced-tests ", env!("CARGO_PKG_VERSION"));

fn built(attribute: i64) -> InstrumentationScope {
    InstrumentationScope::builder("built")
        .with_version("2")
        .with_attributes([KeyValue::new("one", attribute)])
        .build()
}

#[traced]
fn package(f: impl FnOnce()) {
    f();
}

#[traced(scope = "one")]
fn one(f: impl FnOnce()) {
    f();
}

#[traced(scope = "two".to_owned())]
fn two(f: impl FnOnce()) {
    f();
}

#[traced(scope = built(1))]
fn built_1(f: impl FnOnce()) {
    f();
}

#[traced(scope = built(2), name = "named", links = [Context::current()])]
fn built_2(f: impl FnOnce()) {
    f();
}

#[test]
fn functions_in_turn_have_their_own_scopes() {
    let scopes = scopes_of(|| {
        for _ in 0..2 {
            package(|| {});
            one(|| {});
            two(|| {});
            one(|| {});
            built_1(|| {});
            built_2(|| {});
        }
    });
    let once = [
        &format!("package: {OWN}"),
        "one: one",
        "two: two",
        "one: one",
        "built_1: built 2 1",
        "named: built 2 2",
    ];
    assert_eq!(scopes, [once, once].concat());
}

#[test]
fn nested_functions_and_blocks_have_their_own_scopes() {
    let scopes = scopes_of(|| {
        one(|| {
            package(|| two(|| one(|| built_2(|| {}))));
            span!("block", scope = "two" => {
                one(|| {});
                span!("inner" => built_1(|| {}));
                global::tracer("raw").in_span("raw", |_| two(|| {}));
            });
            two(|| {});
        });
    });
    let expected = [
        "one: one",
        &format!("package: {OWN}"),
        "two: two",
        "one: one",
        "named: built 2 2",
        "block: two",
        "one: one",
        &format!("inner: {OWN}"),
        "built_1: built 2 1",
        "raw: raw",
        "two: two",
        "two: two",
    ];
    assert_eq!(scopes, expected);
}

#[traced(scope = "three")]
async fn three() {
    tokio::task::yield_now().await;
    one(|| {});
    span!("awaited", scope = "two" => async {
        tokio::task::yield_now().await;
        package(|| {});
    })
    .await;
}

#[traced(scope = "returned")]
fn returned() -> impl Future<Output = ()> + Send {
    async {
        two(|| {});
        three().await;
    }
}

#[traced(scope = "stream")]
fn items() -> impl Stream<Item = u8> + Send {
    futures::stream::iter(0..2).inspect(|_| one(|| {}))
}

fn is_ready(future: &mut Pin<Box<dyn Future<Output = ()> + Send>>) -> bool {
    let mut task = Task::from_waker(Waker::noop());
    future.as_mut().poll(&mut task).is_ready()
}

#[test]
fn futures_that_take_turns_on_two_threads_have_their_own_scopes() {
    let scopes = scopes_of(|| {
        let mut open: Vec<Pin<Box<dyn Future<Output = ()> + Send>>> = vec![
            Box::pin(three()),
            Box::pin(returned()),
            Box::pin(items().for_each(|_| tokio::task::yield_now())),
        ];
        while !open.is_empty() {
            open.retain_mut(|future| !is_ready(future));
            let there = || open.retain_mut(|future| !is_ready(future));
            thread::scope(|scope| scope.spawn(there).join()).expect("no panic");
        }
    });
    let expected = [
        "returned: returned",
        "items: stream",
        "three: three",
        "two: two",
        "three: three",
        "one: one",
        "one: one",
        "awaited: two",
        "one: one",
        "awaited: two",
        "one: one",
        &format!("package: {OWN}"),
        &format!("package: {OWN}"),
    ];
    assert_eq!(scopes, expected);
}

/// Calls [`waits`] on another thread. When that thread evaluates the scope too, it does not do so
/// again.
fn calls_on_another_thread() -> &'static str {
    static IS_CALLED: AtomicBool = AtomicBool::new(false);
    if !IS_CALLED.swap(true, Ordering::Relaxed) {
        let there = thread::spawn(|| waits("inner"));
        there.join().expect("no panic");
    }
    "waits"
}

#[traced(scope = { calls_itself("inner"); "calls itself" }, name = name)]
fn calls_itself(name: &'static str) {}

#[traced(scope = { pong("inner pong"); "ping" }, name = name)]
fn ping(name: &'static str) {}

#[traced(scope = { ping("inner ping"); "pong" }, name = name)]
fn pong(name: &'static str) {}

#[traced(scope = calls_on_another_thread(), name = name)]
fn waits(name: &'static str) {}

#[test]
fn a_scope_may_call_its_own_function() {
    let scopes = scopes_of(|| {
        calls_itself("outer");
        calls_itself("again");
        ping("outer ping");
        pong("outer pong");
        waits("outer");
    });
    let expected = [
        "outer: calls itself",
        "again: calls itself",
        "inner pong: pong",
        "outer ping: ping",
        "outer pong: pong",
        "outer: waits",
    ];
    assert_eq!(scopes, expected);
}
