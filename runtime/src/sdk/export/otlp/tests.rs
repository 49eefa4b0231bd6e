//! Compares what is sent, decoded, with what `opentelemetry-otlp` would send for the same generated
//! spans.

mod generated;

use std::iter;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use opentelemetry::trace::{Span as _, Tracer, TracerProvider as _};
use opentelemetry::{Array, InstrumentationScope, KeyValue, Value};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter, SpanLimits};
use prost::Message as _;

use super::{Otlp, Request, Transport};
use crate::sdk::builder::{NoExporter, TracerProviderBuilder};
use crate::sdk::export::writer::{Exported, LARGEST_BATCH, Spans};
use crate::sdk::{AdaptiveSampling, SlowThreshold, Stats, TracerProvider};

/// All batches of a provider, each as `SpanData` and as an OTLP request.
#[derive(Clone, Debug, Default)]
struct Both {
    spans: Arc<Mutex<Vec<Vec<SpanData>>>>,
    requests: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl SpanExporter for Both {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.spans.lock().expect("no panic").push(batch);
        Ok(())
    }
}

impl Transport for Both {
    fn send(&mut self, request: Request) -> (Exported, Vec<u8>) {
        let bytes = request.bytes[request.start..].to_vec();
        self.requests.lock().expect("no panic").push(bytes);
        (Ok(0), request.bytes)
    }
}

impl Both {
    fn provider(
        &self,
        of: impl FnOnce(TracerProviderBuilder<NoExporter>) -> TracerProviderBuilder<NoExporter>,
    ) -> TracerProvider {
        let builder = TracerProvider::builder()
            .with_resource(RESOURCE.clone())
            .with_scheduled_delay(Duration::from_secs(3_600));
        of(builder).build_with(vec![
            Box::new(Spans::new(self.clone())),
            Box::new(Otlp::new(self.clone())),
        ])
    }

    /// Compares all batches, and returns the number of spans.
    fn compare(&self) -> usize {
        let spans = std::mem::take(&mut *self.spans.lock().expect("no panic"));
        let requests = std::mem::take(&mut *self.requests.lock().expect("no panic"));
        assert_eq!(spans.len(), requests.len());
        let pairs = spans.into_iter().zip(requests);
        pairs.map(|(spans, request)| compare(spans, &request)).sum()
    }
}

/// A resource that both exporters share, since the order of attributes differs between two
/// resources.
static RESOURCE: LazyLock<Resource> = LazyLock::new(|| {
    let schema = "https://opentelemetry.io/schemas/1.40.0";
    let values = generated::values().enumerate();
    let attributes = values.map(|(index, value)| KeyValue::new(format!("key {index}"), value));
    Resource::builder_empty()
        .with_schema_url(attributes, schema)
        .build()
});

fn compare(spans: Vec<SpanData>, request: &[u8]) -> usize {
    let count = spans.len();
    let resource = ResourceAttributesWithSchema::from(&*RESOURCE);
    let mut wanted = ExportTraceServiceRequest {
        resource_spans: group_spans_by_resource_and_scope(spans, &resource),
    };
    let mut sent = ExportTraceServiceRequest::decode(request).expect("OTLP");
    let (sent_spans, wanted_spans) = (taken_spans(&mut sent), taken_spans(&mut wanted));
    assert_same(&sent, &wanted);
    assert_eq!(sent_spans.len(), wanted_spans.len());
    for ((scope, sent), (wanted_scope, wanted)) in sent_spans.iter().zip(&wanted_spans) {
        assert_eq!(scope, wanted_scope);
        assert_same(sent, wanted);
    }
    count
}

/// Compares two messages by encoding them again, since NaN does not equal itself.
fn assert_same<M: prost::Message + std::fmt::Debug>(sent: &M, wanted: &M) {
    if sent.encode_to_vec() != wanted.encode_to_vec() {
        let (sent, wanted) = (format!("{sent:#?}"), format!("{wanted:#?}"));
        let mut lines = sent.lines().zip(wanted.lines());
        let differing = lines.position(|(sent, wanted)| sent != wanted);
        let from = differing.unwrap_or_default().saturating_sub(10);
        let around = |text: &str| {
            text.lines()
                .skip(from)
                .take(20)
                .collect::<Vec<_>>()
                .join("\n")
        };
        panic!("{}\n\nis not\n\n{}", around(&sent), around(&wanted));
    }
}

/// Takes the spans out of a request, each with the number of the scope that it was in.
fn taken_spans(request: &mut ExportTraceServiceRequest) -> Vec<(usize, Span)> {
    let of_resource = request.resource_spans.iter_mut();
    let scopes = of_resource.flat_map(|of| &mut of.scope_spans).enumerate();
    let spans = scopes.map(|(index, scope)| (index, std::mem::take(&mut scope.spans)));
    let spans = spans.flat_map(|(index, spans)| spans.into_iter().map(move |span| (index, span)));
    spans.collect()
}

/// Generates spans on several threads, and compares all of them.
fn check(
    seed: u64,
    of: impl FnOnce(TracerProviderBuilder<NoExporter>) -> TracerProviderBuilder<NoExporter>,
) -> Stats {
    let both = Both::default();
    let provider = both.provider(of);
    crate::set_tracer_provider(provider.clone());
    for round in 0..10 {
        std::thread::scope(|scope| {
            for thread in 0..3 {
                let provider = provider.clone();
                let seed = seed + 100 * round + thread;
                scope.spawn(move || generated::spans(seed, &provider, 50));
            }
        });
        provider.force_flush().expect("all is taken");
    }
    provider.shutdown().expect("all is taken");
    let stats = provider.stats();
    assert_eq!(stats.dropped.total(), 0, "{stats:?}");
    assert_eq!(stats.exported, both.compare() as u64);
    stats
}

#[test]
fn what_is_sent_is_what_the_sdks_exporter_sends() {
    let default = check(1, |builder| builder);
    assert!(default.exported >= 1_500, "{default:?}");
    let limits = SpanLimits {
        max_events_per_span: 2,
        max_attributes_per_span: 5,
        max_links_per_span: 1,
        max_attributes_per_event: 2,
        max_attributes_per_link: 1,
    };
    let limited = check(2_000, |builder| {
        builder.with_span_limits(limits).with_max_value_length(7)
    });
    assert!(limited.exported >= 1_500, "{limited:?}");
    let kept = check(4_000, |builder| {
        builder.with_adaptive_sampling(AdaptiveSampling {
            base_rate: 0.3,
            error_rate: 0.8,
            slow_rate: 0.5,
            slow_threshold: SlowThreshold::Fixed(Duration::ZERO),
            ..AdaptiveSampling::default()
        })
    });
    assert!(kept.exported >= 500 && kept.sampled_out >= 100, "{kept:?}");
}

/// Records a span with this attribute value in each scope. Returns the sizes of all requests.
fn sizes(scopes: impl Iterator<Item = InstrumentationScope>, value: &Value) -> Vec<usize> {
    let both = Both::default();
    let provider = both.provider(|builder| builder);
    let mut count = 0;
    for scope in scopes {
        let mut span = Tracer::start(&provider.tracer_with_scope(scope), "large");
        span.set_attribute(KeyValue::new("key", value.clone()));
        count += 1;
    }
    provider.shutdown().expect("all is taken");
    assert_eq!(provider.stats().exported, count as u64);
    let requests = both.requests.lock().expect("no panic");
    let sizes = requests.iter().map(Vec::len).collect();
    drop(requests);
    assert_eq!(both.compare(), count);
    sizes
}

fn assert_many_below_the_limit(sizes: &[usize], spans: usize) {
    assert!(sizes.len() > 1 && sizes.len() < spans, "{sizes:?}");
    assert!(sizes.iter().all(|size| *size <= LARGEST_BATCH), "{sizes:?}");
}

#[test]
fn no_request_is_larger_than_collectors_take() {
    let text = Value::from("x".repeat(240_000));
    // This value grows the most when it is encoded.
    let list = Value::Array(Array::Bool(vec![true; 240_000]));
    for value in [text, list] {
        let scope = InstrumentationScope::builder("large").build();
        let sizes = sizes(iter::repeat_n(scope, 40), &value);
        assert_many_below_the_limit(&sizes, 40);
    }
}

#[test]
fn scopes_count_for_the_size_of_a_request() {
    let long = |index: u32| format!("{}{}", index % 8, "x".repeat(120_000));
    let value = Value::from("x".repeat(60_000));
    let named = (0..45).map(|index| InstrumentationScope::builder(long(index)).build());
    assert_many_below_the_limit(&sizes(named, &value), 45);
    let with_schema = (0..45).map(|index| {
        let scope = InstrumentationScope::builder("large");
        scope.with_schema_url(long(index)).build()
    });
    assert_many_below_the_limit(&sizes(with_schema, &value), 45);
    // The first ones fill a request, and the last one has a large scope.
    let small = (0..45).map(|_| InstrumentationScope::builder("small").build());
    let large = InstrumentationScope::builder("x".repeat(1_000_000)).build();
    assert_many_below_the_limit(&sizes(small.chain([large]), &value), 46);
}
