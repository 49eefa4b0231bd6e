//! Tests of a provider that the application sets with `opentelemetry::global` before the first
//! traced call.

use opentelemetry::global;
use opentelemetry::trace::Tracer;
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};
use traced::traced;

#[traced]
fn outer() {
    global::tracer("raw").in_span("raw", |_| inner());
}

#[traced]
fn inner() {}

#[test]
fn it_gets_the_spans() {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(exporter.clone())
        .build();
    global::set_tracer_provider(provider.clone());
    outer();
    let spans = exporter.get_finished_spans().unwrap();
    let [inner, raw, outer] = spans.as_slice() else {
        panic!("three spans, not {}", spans.len());
    };
    assert_eq!(
        (&*inner.name, &*raw.name, &*outer.name),
        ("inner", "raw", "outer")
    );
    assert_eq!(raw.parent_span_id, outer.span_context.span_id());
    assert_eq!(inner.parent_span_id, raw.span_context.span_id());
    assert_eq!(outer.instrumentation_scope.name(), "traced-tests");
    assert_eq!(
        outer.instrumentation_scope.version(),
        Some(env!("CARGO_PKG_VERSION"))
    );

    provider.shutdown().unwrap();
    outer_after_shutdown(&exporter);
}

/// A provider that is shut down is a no-op.
fn outer_after_shutdown(exporter: &InMemorySpanExporter) {
    let before = exporter.get_finished_spans().unwrap().len();
    outer();
    assert_eq!(traced::span_id(), None);
    assert_eq!(exporter.get_finished_spans().unwrap().len(), before);
}

#[traced(current, attributes(n = 7))]
fn helper() {}

#[test]
fn current_writes_to_a_span_of_another_provider() {
    use opentelemetry::trace::{TraceContextExt, TracerProvider};
    let exporter = InMemorySpanExporter::default();
    let other = SdkTracerProvider::builder()
        .with_simple_exporter(exporter.clone())
        .build();
    let span = other.tracer("other").start("not global");
    let guard = opentelemetry::Context::new().with_span(span).attach();
    helper();
    drop(guard);
    let spans = exporter.get_finished_spans().unwrap();
    assert_eq!(spans[0].attributes, [opentelemetry::KeyValue::new("n", 7)]);
}
