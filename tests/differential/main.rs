//! Tests that our provider exports the same as OpenTelemetry's SDK, whatever a program does with
//! spans.

mod program;
mod run;
mod seen;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use opentelemetry::trace::{Link, SpanId, SpanKind, TraceContextExt, TraceId};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{
    IdGenerator, SamplingDecision, SamplingResult, SdkTracerProvider, ShouldSample, SpanData,
    SpanExporter, SpanLimits,
};
use proptest::prelude::*;
use traced::sdk::TracerProvider;

use crate::program::{Step, program};
use crate::run::run;
use crate::seen::seen;

#[derive(Clone, Debug, Default)]
struct Kept(Arc<Mutex<Vec<SpanData>>>);

impl Kept {
    fn take(&self) -> Vec<SpanData> {
        std::mem::take(&mut self.0.lock().expect("nobody panics here"))
    }
}

impl SpanExporter for Kept {
    async fn export(&self, mut batch: Vec<SpanData>) -> OTelSdkResult {
        let mut kept = self.0.lock().expect("nobody panics here");
        kept.append(&mut batch);
        Ok(())
    }
}

/// The set-up of both providers.
#[derive(Clone, Copy, Debug)]
enum Settings {
    Usual,
    OwnSampler,
    OwnIds,
    Limits,
}

/// A sampler that drops some functions, and records others without sampling them.
#[derive(Clone, Debug)]
struct ByName;

impl ShouldSample for ByName {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        _: TraceId,
        name: &str,
        _: &SpanKind,
        _: &[KeyValue],
        _: &[Link],
    ) -> SamplingResult {
        let state = parent.map(|parent| parent.span().span_context().trace_state().clone());
        SamplingResult {
            decision: match name {
                "linked" => SamplingDecision::Drop,
                "four" => SamplingDecision::RecordOnly,
                _ => SamplingDecision::RecordAndSample,
            },
            attributes: vec![KeyValue::new("sampler", "by name")],
            trace_state: state.unwrap_or_default(),
        }
    }
}

/// Generates ids that count up, and are never those of another program.
#[derive(Debug)]
struct Counting;

impl Counting {
    fn next() -> u64 {
        static LAST: AtomicU64 = AtomicU64::new(0);
        LAST.fetch_add(1, Ordering::Relaxed) + 1
    }
}

impl IdGenerator for Counting {
    fn new_trace_id(&self) -> TraceId {
        TraceId::from(u128::from(Counting::next()))
    }

    fn new_span_id(&self) -> SpanId {
        SpanId::from(Counting::next())
    }
}

/// Returns low limits, which are enough for what a span begins with.
fn limits() -> SpanLimits {
    SpanLimits {
        max_attributes_per_span: 12,
        max_events_per_span: 3,
        max_links_per_span: 2,
        max_attributes_per_event: 2,
        max_attributes_per_link: 1,
    }
}

fn by_sdk(program: &[Step], settings: Settings) -> String {
    let kept = Kept::default();
    let builder = SdkTracerProvider::builder()
        .with_simple_exporter(kept.clone())
        .with_resource(Resource::builder_empty().build());
    let provider = match settings {
        Settings::Usual => builder,
        Settings::OwnSampler => builder.with_sampler(ByName),
        Settings::OwnIds => builder.with_id_generator(Counting),
        Settings::Limits => builder.with_span_limits(limits()),
    };
    traced::set_tracer_provider(provider.build());
    let said = run(program, matches!(settings, Settings::Limits));
    seen(kept.take(), &said)
}

fn by_us(program: &[Step], settings: Settings) -> String {
    let kept = Kept::default();
    let builder = TracerProvider::builder().with_exporter(kept.clone());
    let provider = match settings {
        Settings::Usual => builder,
        Settings::OwnSampler => builder.with_sampler(ByName),
        Settings::OwnIds => builder.with_id_generator(Counting),
        Settings::Limits => builder.with_span_limits(limits()),
    };
    let provider = provider.build();
    traced::set_tracer_provider(provider.clone());
    let said = run(program, matches!(settings, Settings::Limits));
    provider.force_flush().expect("the exporter takes all");
    seen(kept.take(), &said)
}

fn settings() -> impl Strategy<Value = Settings> {
    prop_oneof![
        4 => Just(Settings::Usual),
        1 => Just(Settings::OwnSampler),
        1 => Just(Settings::OwnIds),
        1 => Just(Settings::Limits),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn our_provider_exports_what_the_sdk_exports(program in program(), settings in settings()) {
        traced::baggage::copy_to_spans(["tenant"]);
        let theirs = by_sdk(&program, settings);
        let ours = by_us(&program, settings);
        prop_assert!(ours == theirs, "ours:\n{ours}\ntheirs:\n{theirs}");
    }
}
