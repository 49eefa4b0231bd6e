//! Tests of changes to the span of a traced function through the OpenTelemetry API, by its own
//! thread and by others.

use std::borrow::Cow;
use std::panic::{self, AssertUnwindSafe};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, SystemTime};

use opentelemetry::trace::{Status, TraceContextExt};
use opentelemetry::{Context, KeyValue};
use traced::traced;

use crate::traces::{Trace, tree_of};

fn elsewhere(f: impl FnOnce(&Context) + Send + 'static) {
    let context = Context::current();
    thread::spawn(move || f(&context))
        .join()
        .expect("it does not panic");
}

#[traced(attributes(n = 1))]
fn changed_by_both(n: u8) -> Result<(), String> {
    traced::set_attribute("n", 2);
    elsewhere(|context| {
        let span = context.span();
        span.set_attribute(KeyValue::new("n", 3));
        span.set_attribute(KeyValue::new("other", true));
        span.add_event("elsewhere", vec![KeyValue::new("n", 3)]);
        span.set_status(Status::error("elsewhere"));
        span.update_name("renamed elsewhere");
    });
    traced::add_event("here");
    if n == 0 {
        traced::set_attribute("n", 4);
    }
    elsewhere(|context| context.span().update_name("renamed again"));
    if n == 2 {
        Err("failed".to_owned())
    } else {
        Ok(())
    }
}

#[test]
fn changes_of_other_threads_come_in_their_order() {
    insta::assert_snapshot!(tree_of(|| changed_by_both(0)), @r#"
    renamed again error "elsewhere" {n="4", other="true"}
      ! elsewhere {n="3"}
      ! here
    "#);
    insta::assert_snapshot!(tree_of(|| changed_by_both(1)), @r#"
    renamed again error "elsewhere" {n="3", other="true"}
      ! elsewhere {n="3"}
      ! here
    "#);
    insta::assert_snapshot!(tree_of(|| changed_by_both(2)), @r#"
    renamed again error "failed" {n="3", other="true", error.type="alloc::string::String"}
      ! elsewhere {n="3"}
      ! here
      ! exception {exception.type="alloc::string::String", exception.message="failed"}
    "#);
}

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

#[traced]
fn ended_by_hand(is_elsewhere: bool, time: SystemTime) -> Result<(), String> {
    let context = Context::current();
    context.span().set_attribute(KeyValue::new("before", true));
    if is_elsewhere {
        elsewhere(move |context| context.span().end_with_timestamp(time));
    } else {
        context.span().end_with_timestamp(time);
    }
    assert!(!context.span().is_recording());
    context.span().set_attribute(KeyValue::new("after", true));
    context.span().end();
    elsewhere(|context| context.span().end());
    Err("it ended before".to_owned())
}

#[test]
fn a_span_that_is_ended_by_hand_is_as_it_was_then() {
    for is_elsewhere in [false, true] {
        for time in [at(0), at(4_000_000_000)] {
            let trace = Trace::new();
            assert!(trace.run(|| ended_by_hand(is_elsewhere, time)).is_err());
            assert_eq!(trace.tree(), "ended_by_hand {before=\"true\"}");
            let span = &trace.spans()[0];
            // It does not end before it starts.
            assert_eq!(span.end_time, time.max(span.start_time));
        }
    }
}

#[traced]
fn of_the_epoch() {
    let context = Context::current();
    for time in [at(0), at(0) - Duration::from_secs(1)] {
        let span = context.span();
        span.add_event_with_timestamp("event", time, Vec::new());
    }
    context.span().end_with_timestamp(at(0));
}

#[test]
fn the_epoch_is_a_time_like_any_other() {
    let trace = Trace::new();
    trace.run(of_the_epoch);
    let span = &trace.spans()[0];
    assert_eq!(span.end_time, span.start_time);
    let events: Vec<_> = span.events.iter().map(|event| event.timestamp).collect();
    assert_eq!(events, [at(0); 2]);
}

#[traced]
fn handed_out(out: &mpsc::Sender<Context>) {
    out.send(Context::current()).expect("somebody listens");
}

#[test]
fn a_span_is_over_when_its_function_is_whoever_has_its_context() {
    let (sender, receiver) = mpsc::channel();
    let trace = Trace::new();
    for _ in 0..3 {
        trace.run(|| handed_out(&sender));
        let context = receiver.recv().expect("it was sent");
        assert!(!context.span().is_recording());
        context.span().set_attribute(KeyValue::new("late", true));
        context.span().end();
    }
    assert_eq!(trace.tree(), "handed_out\nhanded_out\nhanded_out");
}

struct Panics;

impl From<Panics> for Cow<'static, str> {
    fn from(_: Panics) -> Cow<'static, str> {
        panic!("the name of an event")
    }
}

#[traced]
fn names_an_event_and_panics() {
    assert!(panic::catch_unwind(|| traced::add_event(Panics)).is_err());
    assert!(panic::catch_unwind(|| traced::update_name(Panics)).is_err());
    traced::set_attribute("unharmed", true);
    // OpenTelemetry locks the span meanwhile, and lets nobody change it afterwards.
    let context = Context::current();
    let add = || context.span().add_event(Panics, Vec::new());
    assert!(panic::catch_unwind(AssertUnwindSafe(add)).is_err());
}

#[test]
fn a_name_that_panics_takes_no_span_with_it() {
    insta::assert_snapshot!(tree_of(names_an_event_and_panics), @r#"names_an_event_and_panics {unharmed="true"}"#);
}

#[traced]
fn deep(depth: u32) {
    if depth > 0 {
        deep(depth - 1);
        // The outermost one is far up on the desk by now.
        traced::set_attribute("depth", depth);
    }
}

#[test]
fn spans_are_found_at_any_depth() {
    let trace = Trace::new();
    trace.run(|| deep(200));
    let spans = trace.spans();
    assert_eq!(spans.len(), 201);
    for (span, depth) in spans.iter().zip((0..=200_i64).rev()) {
        let own = span
            .attributes
            .iter()
            .find(|own| own.key.as_str() == "depth");
        let expected = (depth > 0).then(|| KeyValue::new("depth", depth));
        assert_eq!(own, expected.as_ref());
    }
}

#[traced]
async fn waits(other: mpsc::Sender<Context>) -> u8 {
    other.send(Context::current()).expect("somebody listens");
    tokio::task::yield_now().await;
    traced::set_attribute("polled", "again");
    7
}

#[test]
fn a_future_that_is_not_polled_can_be_changed_and_moved() {
    let trace = Trace::new();
    let (sender, receiver) = mpsc::channel();
    trace.run(|| {
        let mut future = Box::pin(waits(sender));
        let mut task = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(future.as_mut().poll(&mut task).is_pending());
        let context = receiver.recv().expect("it was sent");
        context.span().set_attribute(KeyValue::new("between", true));
        let polled = thread::spawn(move || {
            let mut task = std::task::Context::from_waker(std::task::Waker::noop());
            future.as_mut().poll(&mut task)
        });
        assert!(polled.join().expect("it does not panic").is_ready());
    });
    insta::assert_snapshot!(trace.tree(), @r#"waits {between="true", polled="again"}"#);
}
