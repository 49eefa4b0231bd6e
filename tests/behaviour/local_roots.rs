//! Tests which span `traced::root::set_attribute` finds.

use std::cell::Cell;
use std::thread;

use insta::assert_snapshot;
use opentelemetry::Context;
use opentelemetry::global;
use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState, Tracer,
};
use opentelemetry_sdk::trace::Sampler;
use traced::testing::Capture;
use traced::{context, root, traced};
use traced_tests::{tree, tree_async};

use crate::current::Counted;

#[traced]
fn request<R>(f: impl FnOnce() -> R) -> R {
    f()
}

#[traced]
fn step<R>(f: impl FnOnce() -> R) -> R {
    f()
}

#[traced(root)]
fn apart<R>(f: impl FnOnce() -> R) -> R {
    f()
}

#[traced(parent = parent)]
fn received<R>(parent: &SpanContext, f: impl FnOnce() -> R) -> R {
    f()
}

#[traced]
async fn later(n: u8) {
    tokio::task::yield_now().await;
    root::set_attribute(format!("later.{n}"), n);
}

fn remote(trace: u128, flags: TraceFlags) -> SpanContext {
    let (trace, span) = (TraceId::from(trace), SpanId::from(8));
    SpanContext::new(trace, span, flags, true, TraceState::default())
}

#[test]
fn it_is_the_outermost_span_however_deep() {
    let tree = tree(|| {
        request(|| {
            root::set_attribute("depth", 0);
            root::set_attribute("absent", None::<u8>);
            step(|| {
                step(|| root::set_attribute("depth", 2));
                traced::set_attribute("own", true);
            });
        });
    });
    assert_snapshot!(tree, @r"

    request {depth=2}
      step {own=true}
        step
    ");
}

#[test]
fn spans_between_may_be_anybodys() {
    let tree = tree(|| {
        request(|| {
            global::tracer("raw").in_span("raw", |_| {
                root::set_attribute("below raw", true);
                step(|| root::set_attribute("deeper", true));
            });
        });
    });
    assert_snapshot!(tree, @r#"

    request {below raw=true, deeper=true}
      raw
        step
    "#);
}

#[test]
fn what_others_began_is_found_by_the_outermost_span_that_is_known() {
    let tree = tree(|| {
        global::tracer("raw").in_span("raw", |_| {
            root::set_attribute("alone", true);
            step(|| step(|| root::set_attribute("deep", true)));
        });
    });
    assert_snapshot!(tree, @r"

    raw {alone=true, deep=true}
      step
        step
    ");
}

#[test]
fn tasks_and_threads_belong_to_it_also_when_their_own_spans_have_ended() {
    let tree = tree_async(async {
        #[traced]
        async fn serve() {
            let task = step(|| context::spawn(later(1)));
            let thread = step(|| context::thread::spawn(|| root::set_attribute("thread", true)));
            thread.join().expect("it ends");
            task.await.expect("it ends");
            later(2).await;
        }
        serve().await;
    });
    assert_snapshot!(tree, @r"

    serve {thread=true, later.1=1, later.2=2}
      step
        later
      step
      later
    ");
}

#[test]
fn each_entry_into_the_process_has_its_own() {
    let one = remote(7, TraceFlags::SAMPLED);
    let tree = tree(|| {
        received(&one, || {
            step(|| {
                // The same trace comes back, and another.
                received(&one, || step(|| root::set_attribute("inner", 1)));
                received(&remote(9, TraceFlags::SAMPLED), || {
                    step(|| root::set_attribute("other", 2));
                });
                apart(|| step(|| root::set_attribute("apart", 3)));
                root::set_attribute("outer", 4);
            });
        });
    });
    assert_snapshot!(tree, @r"

    received (remote parent) {outer=4}
      step
    received (remote parent) {inner=1}
      step
    received (remote parent) {other=2}
      step
    apart {apart=3}
      step
    ");
}

#[test]
fn a_trace_that_others_begin_below_has_nothing_to_do_with_it() {
    let tree = tree(|| {
        request(|| {
            let context = Context::current();
            let other = global::tracer("raw").start_with_context("raw", &Context::new());
            let _guard = context.with_span(other).attach();
            root::set_attribute("raw", true);
            step(|| root::set_attribute("step", true));
        });
    });
    assert_snapshot!(tree, @r"

    request
    raw {raw=true, step=true}
      step
    ");
}

#[test]
fn it_does_nothing_where_nothing_is_recorded() {
    let calls = Cell::new(0);
    root::set_attribute("key", Counted(&calls));
    let capture = Capture::with_sampler(Sampler::ParentBased(Box::new(Sampler::AlwaysOn)));
    capture.run(|| {
        request(|| {
            received(&remote(7, TraceFlags::default()), || {
                step(|| root::set_attribute("unsampled", Counted(&calls)));
            });
        });
    });
    let context = capture.run(|| request(Context::current));
    thread::spawn(move || {
        let _guard = context.attach();
        root::set_attribute("late", true);
    })
    .join()
    .expect("it ends");
    assert_eq!(calls.get(), 0);
    assert_snapshot!(capture.tree(), @r"

    request
    request
    ");
}
