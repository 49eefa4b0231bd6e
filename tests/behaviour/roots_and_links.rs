use insta::assert_snapshot;
use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, TraceContextExt};
use opentelemetry_sdk::trace::Sampler;
use traced::testing::Capture;
use traced::traced;
use traced_tests::{block_on, tree};

#[traced]
fn outer(f: impl FnOnce()) {
    f();
}

#[traced(root)]
fn new_trace() -> Option<opentelemetry::trace::TraceId> {
    traced::trace_id()
}

#[traced(root(link))]
async fn linked_trace() {}

#[test]
fn a_root_starts_a_new_trace() {
    let capture = Capture::new();
    capture.run(|| {
        outer(|| {
            assert_ne!(new_trace(), traced::trace_id());
            block_on(linked_trace());
        });
        block_on(linked_trace());
    });
    assert_snapshot!(capture.tree(), @"

    outer
    new_trace
    linked_trace
      ~ link to outer
    linked_trace
    ");
}

/// The SDK's default sampler takes an empty span for a parent that was not sampled.
#[test]
fn a_root_asks_the_sampler_as_if_there_were_no_parent() {
    let default = Sampler::ParentBased(Box::new(Sampler::AlwaysOn));
    let capture = Capture::with_sampler(default);
    capture.run(|| outer(|| block_on(linked_trace())));
    assert_snapshot!(capture.tree(), @"

    outer
    linked_trace
      ~ link to outer
    ");
}

struct Message {
    context: SpanContext,
}

#[traced(kind = producer)]
fn send() -> Message {
    Message {
        context: Context::current().span().span_context().clone(),
    }
}

#[traced(kind = consumer, links = batch.iter().map(|message| &message.context), attributes(size = batch.len()))]
fn receive(batch: &[Message]) {}

#[traced(links = contexts, root)]
fn contexts(contexts: &[Option<Context>]) {}

#[test]
fn a_batch_links_to_each_message() {
    let tree = tree(|| {
        let batch = [
            send(),
            send(),
            Message {
                context: SpanContext::empty_context(),
            },
        ];
        receive(&batch);
        outer(|| contexts(&[None, Some(Context::current())]));
    });
    assert_snapshot!(tree, @"

    send [producer]
    send [producer]
    receive [consumer] {size=3}
      ~ link to send
      ~ link to send
    outer
    contexts
      ~ link to outer
    ");
}

#[traced(links = explode())]
fn panicking() -> u8 {
    7
}

fn explode() -> Vec<SpanContext> {
    panic!("no links")
}

#[test]
fn links_that_panic_are_none() {
    assert_snapshot!(tree(|| assert_eq!(panicking(), 7)), @"

    panicking
    ");
}
