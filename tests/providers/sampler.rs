//! Traced functions on our own provider with a sampler of the user's, which may do whatever it likes.

use std::cell::Cell;
use std::panic;

use opentelemetry::trace::{Link, SpanId, SpanKind, TraceContextExt, TraceId, TraceState};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{
    InMemorySpanExporter, SamplingDecision, SamplingResult, ShouldSample, SpanData,
};
use traced::sdk::TracerProvider;
use traced::traced;

/// Does what the name of the span says.
#[derive(Clone, Debug)]
struct ByName;

thread_local! {
    static IS_ASKED: Cell<bool> = const { Cell::new(false) };
}

#[traced(attributes(sampler = true))]
fn of_the_sampler() {
    traced::set_attribute("is.inside", true);
}

impl ShouldSample for ByName {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        _: TraceId,
        name: &str,
        kind: &SpanKind,
        _: &[KeyValue],
        links: &[Link],
    ) -> SamplingResult {
        if IS_ASKED.replace(true) {
            return result(SamplingDecision::RecordAndSample, Vec::new());
        }
        // It is asked in the context that it is told of.
        let above = parent.map(|parent| parent.span().span_context().clone());
        let current = Context::current().span().span_context().clone();
        let is_current = above.is_none_or(|above| above == current);
        let attributes = vec![
            KeyValue::new("is_current", is_current),
            KeyValue::new("kind", format!("{kind:?}")),
            KeyValue::new("links", i64::try_from(links.len()).expect("they are few")),
        ];
        let decision = match name {
            "dropped" => SamplingDecision::Drop,
            "recorded" => SamplingDecision::RecordOnly,
            _ => SamplingDecision::RecordAndSample,
        };
        match name {
            "calls" => of_the_sampler(),
            "attaches" => drop(Context::new().attach()),
            "panics" => {
                IS_ASKED.set(false);
                panic!("the sampler");
            }
            _ => {}
        }
        IS_ASKED.set(false);
        result(decision, attributes)
    }
}

fn result(decision: SamplingDecision, attributes: Vec<KeyValue>) -> SamplingResult {
    SamplingResult {
        decision,
        attributes,
        trace_state: TraceState::from_key_value([("by", "sampler")]).expect("it is valid"),
    }
}

#[traced]
fn root(f: impl FnOnce()) {
    f();
}

#[traced(attributes(n))]
fn calls(n: u8) {
    leaf();
}

#[traced]
fn attaches() {
    leaf();
}

#[traced]
fn dropped() {
    leaf();
}

#[traced]
fn recorded() {
    leaf();
}

#[traced]
fn panics() {
    leaf();
}

#[traced(kind = client, links = [Context::current()])]
fn leaf() {}

#[traced(attributes(n))]
async fn waits(n: u8) {
    tokio::task::yield_now().await;
    calls(n);
}

/// Each span with its parent, in the order in which they began.
fn shown(mut spans: Vec<SpanData>) -> String {
    spans.sort_by_key(|span| span.start_time);
    let name_of = |id: SpanId| {
        let mut spans = spans.iter();
        let span = spans.find(|span| span.span_context.span_id() == id);
        span.map_or("-", |span| &span.name)
    };
    let lines = spans.iter().map(|span| {
        let attributes = span.attributes.iter();
        let attributes = attributes.filter(|one| !one.key.as_str().starts_with("code."));
        let attributes: Vec<_> = attributes
            .map(|one| format!("{}={}", one.key, one.value))
            .collect();
        let above = name_of(span.parent_span_id);
        let state = span.span_context.trace_state().header();
        format!(
            "{above} > {} [{state}] {}\n",
            span.name,
            attributes.join(" ")
        )
    });
    lines.collect()
}

#[test]
fn a_sampler_may_do_what_it_likes() {
    let exporter = InMemorySpanExporter::default();
    let provider = TracerProvider::builder()
        .with_exporter(exporter.clone())
        .with_sampler(ByName)
        .build();
    traced::set_tracer_provider(provider.clone());
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime.expect("no resources are needed");
    root(|| {
        // The first call finds no box that serves it.
        for n in 0..2 {
            calls(n);
        }
        attaches();
        dropped();
        recorded();
        assert!(panic::catch_unwind(panics).is_err());
        runtime.block_on(waits(2));
    });
    provider.force_flush().expect("the exporter takes all");
    let spans = exporter.get_finished_spans().expect("no panic");
    insta::assert_snapshot!(shown(spans), @r"
    - > root [by=sampler] is_current=true kind=Internal links=0
    root > calls [by=sampler] is_current=true kind=Internal links=0 n=0
    root > of_the_sampler [by=sampler] sampler=true is.inside=true
    calls > leaf [by=sampler] is_current=true kind=Client links=1
    root > calls [by=sampler] is_current=true kind=Internal links=0 n=1
    root > of_the_sampler [by=sampler] sampler=true is.inside=true
    calls > leaf [by=sampler] is_current=true kind=Client links=1
    root > attaches [by=sampler] is_current=true kind=Internal links=0
    attaches > leaf [by=sampler] is_current=true kind=Client links=1
    - > leaf [by=sampler] is_current=true kind=Client links=1
    root > waits [by=sampler] is_current=true kind=Internal links=0 n=2
    waits > calls [by=sampler] is_current=true kind=Internal links=0 n=2
    waits > of_the_sampler [by=sampler] sampler=true is.inside=true
    calls > leaf [by=sampler] is_current=true kind=Client links=1
    ");
}
