//! Logs through `opentelemetry-appender-tracing`, which takes the ids from the context that traced functions and bridged spans set.

use opentelemetry_appender_tracing::layer::OpenTelemetryTracingBridge;
use opentelemetry_sdk::logs::{InMemoryLogExporter, SdkLoggerProvider};
use traced::testing::Capture;
use traced::traced;
use traced::tracing::spans;
use tracing::{info, info_span};
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry;

#[traced]
fn ours() {
    info!("first");
    info_span!("library").in_scope(|| info!("second"));
}

#[test]
fn log_records_have_the_ids_of_the_exported_spans() {
    let exporter = InMemoryLogExporter::default();
    let provider = SdkLoggerProvider::builder()
        .with_simple_exporter(exporter.clone())
        .build();
    let logs = OpenTelemetryTracingBridge::new(&provider);
    let capture = Capture::new();
    tracing::subscriber::with_default(registry().with(spans()).with(logs), || capture.run(ours));
    let logs = exporter.get_emitted_logs().expect("logs");
    let spans = capture.spans();
    assert_eq!((logs.len(), spans.len()), (2, 2));
    for (log, span) in logs.iter().zip(&spans) {
        let ids = log.record.trace_context().expect("ids");
        assert_eq!(ids.trace_id, span.span_context.trace_id());
        assert_eq!(ids.span_id, span.span_context.span_id());
    }
}
