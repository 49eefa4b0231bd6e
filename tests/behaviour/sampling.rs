use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use insta::assert_snapshot;
use opentelemetry::trace::{Link, SpanContext, SpanId, SpanKind, TraceFlags, TraceId, TraceState};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{SamplingDecision, SamplingResult, ShouldSample};
use traced::testing::Capture;
use traced::traced;

/// Counts how often it is asked, and always gives the same answer.
#[derive(Clone, Debug)]
struct Always(SamplingDecision, Arc<AtomicUsize>);

impl Always {
    fn new(decision: SamplingDecision) -> Always {
        Always(decision, Arc::default())
    }

    fn asked(&self) -> usize {
        self.1.load(Ordering::Relaxed)
    }
}

impl ShouldSample for Always {
    fn should_sample(
        &self,
        _: Option<&Context>,
        _: TraceId,
        _: &str,
        _: &SpanKind,
        _: &[KeyValue],
        _: &[Link],
    ) -> SamplingResult {
        self.1.fetch_add(1, Ordering::Relaxed);
        SamplingResult {
            decision: self.0.clone(),
            attributes: Vec::new(),
            trace_state: TraceState::default(),
        }
    }
}

#[traced]
fn outer() -> Option<SpanId> {
    inner();
    traced::span_id()
}

#[traced]
fn inner() {
    assert_eq!(traced::span_id().is_some(), traced::trace_id().is_some());
}

#[traced(parent = parent)]
fn below(parent: SpanContext) {}

#[test]
fn the_children_of_a_record_only_span_are_recorded() {
    let sampler = Always::new(SamplingDecision::RecordOnly);
    let capture = Capture::with_sampler(sampler.clone());
    capture.run(outer);
    assert_eq!(sampler.asked(), 2);
    assert_snapshot!(capture.tree(), @"

    outer
      inner
    ");
    assert!(!capture.spans()[0].span_context.is_sampled());
}

#[test]
fn below_a_local_unsampled_span_nobody_is_asked() {
    let sampler = Always::new(SamplingDecision::Drop);
    let capture = Capture::with_sampler(sampler.clone());
    for calls in 1..=3 {
        let id = capture.run(outer);
        assert_eq!(sampler.asked(), calls);
        assert_eq!(capture.tree(), "\n");
        assert!(
            id.is_some(),
            "the decision is in the context, for what propagates it"
        );
    }
}

#[test]
fn a_remote_unsampled_parent_reaches_the_sampler() {
    let sampler = Always::new(SamplingDecision::RecordAndSample);
    let capture = Capture::with_sampler(sampler.clone());
    let (trace, span) = (TraceId::from(7_u128), SpanId::from(8_u64));
    let remote = SpanContext::new(
        trace,
        span,
        TraceFlags::NOT_SAMPLED,
        true,
        TraceState::default(),
    );
    capture.run(|| below(remote));
    assert_eq!(sampler.asked(), 1);
    assert_snapshot!(capture.tree(), @"

    below (remote parent)
    ");
}

#[test]
fn in_a_suppressed_context_there_is_no_span() {
    let capture = Capture::new();
    capture.run(|| {
        let guard = Context::enter_telemetry_suppressed_scope();
        assert_eq!(outer(), None);
        drop(guard);
        assert!(outer().is_some());
    });
    assert_snapshot!(capture.tree(), @"

    outer
      inner
    ");
}
