use insta::assert_snapshot;
use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use traced::testing::Capture;
use traced::traced;
use traced_tests::tree;

#[derive(Debug, PartialEq)]
struct Entry(u8);

#[traced]
fn outer(f: impl FnOnce()) {
    f();
}

#[traced(parent = context)]
fn below_context(context: &Context) -> Option<u8> {
    Context::current().get::<Entry>().map(|entry| entry.0)
}

#[traced(parent = span)]
fn below_span(span: SpanContext) -> Option<u8> {
    Context::current().get::<Entry>().map(|entry| entry.0)
}

#[traced(parent = maybe)]
async fn below_option(maybe: Option<SpanContext>) {}

fn remote(flags: TraceFlags) -> SpanContext {
    let (trace, span) = (TraceId::from(7_u128), SpanId::from(8_u64));
    SpanContext::new(trace, span, flags, true, TraceState::default())
}

#[test]
fn a_context_replaces_the_whole_current_one() {
    let tree = tree(|| {
        let _entry = Context::current_with_value(Entry(1)).attach();
        outer(|| {
            let other = Context::current_with_value(Entry(2));
            outer(|| assert_eq!(below_context(&other), Some(2)));
        });
    });
    assert_snapshot!(tree, @"

    outer
      outer
      below_context
    ");
}

#[test]
fn a_span_context_replaces_the_span_alone() {
    let capture = Capture::new();
    capture.run(|| {
        let _entry = Context::current_with_value(Entry(1)).attach();
        outer(|| assert_eq!(below_span(remote(TraceFlags::SAMPLED)), Some(1)));
    });
    assert_snapshot!(capture.tree(), @"

    outer
    below_span (remote parent)
    ");
    let below = capture.spans().pop().unwrap();
    assert_eq!(below.span_context.trace_id(), TraceId::from(7_u128));
    assert_eq!(below.parent_span_id, SpanId::from(8_u64));
}

#[test]
fn without_a_valid_parent_it_is_the_usual_one() {
    let tree = tree(|| {
        outer(|| {
            below_context(&Context::new());
            below_span(SpanContext::empty_context());
            traced_tests::block_on(below_option(None));
        });
    });
    assert_snapshot!(tree, @"

    outer
      below_context
      below_span
      below_option
    ");
}

#[traced(parent = explode())]
fn with_panicking_parent() -> u8 {
    1
}

fn explode() -> SpanContext {
    panic!("no parent")
}

#[test]
fn a_parent_that_panics_is_none() {
    assert_snapshot!(tree(|| outer(|| assert_eq!(with_panicking_parent(), 1))), @"

    outer
      with_panicking_parent
    ");
}

#[test]
fn a_context_made_elsewhere_is_linked_to_its_own_trace() {
    let capture = Capture::new();
    let made =
        capture.run(|| Context::current().with_remote_span_context(remote(TraceFlags::SAMPLED)));
    capture.run(|| outer(|| assert_eq!(below_context(&made), None)));
    assert_snapshot!(capture.tree(), @"

    outer
    below_context (remote parent)
    ");
}
