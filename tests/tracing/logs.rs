//! Logs through `opentelemetry-appender-tracing`, which takes the ids from the context that traced functions and bridged spans set.

use opentelemetry::Context;
use opentelemetry_appender_tracing::layer::OpenTelemetryTracingBridge;
use opentelemetry_sdk::logs::{InMemoryLogExporter, SdkLoggerProvider};
use traced::testing::Capture;
use traced::traced;
use traced::tracing::{logs, spans};
use tracing::{Subscriber, info, info_span};
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry;

#[traced]
fn ours() {
    info!("first");
    info_span!("library").in_scope(|| info!("second"));
}

fn provider(exporter: &InMemoryLogExporter) -> SdkLoggerProvider {
    SdkLoggerProvider::builder()
        .with_simple_exporter(exporter.clone())
        .build()
}

/// Two records, each with the ids of its span.
fn check(subscriber: impl Subscriber + Send + Sync, exporter: &InMemoryLogExporter) {
    let capture = Capture::new();
    tracing::subscriber::with_default(subscriber, || capture.run(ours));
    let logs = exporter.get_emitted_logs().expect("logs");
    let spans = capture.spans();
    assert_eq!((logs.len(), spans.len()), (2, 2));
    for (log, span) in logs.iter().zip(&spans) {
        let ids = log.record.trace_context().expect("ids");
        assert_eq!(ids.trace_id, span.span_context.trace_id());
        assert_eq!(ids.span_id, span.span_context.span_id());
    }
}

#[test]
fn log_records_have_the_ids_of_the_exported_spans() {
    let exporter = InMemoryLogExporter::default();
    let provider = provider(&exporter);
    let logs = OpenTelemetryTracingBridge::new(&provider);
    check(registry().with(spans()).with(logs), &exporter);
}

#[test]
fn the_layer_of_ours_takes_them_to_the_provider_that_is_set() {
    let exporter = InMemoryLogExporter::default();
    let subscriber = registry().with(spans()).with(logs());
    tracing::subscriber::with_default(subscriber, || info!("too early"));
    traced::set_logger_provider(&provider(&exporter));
    let subscriber = registry().with(spans()).with(logs());
    tracing::subscriber::with_default(subscriber, || {
        info!(target: "opentelemetry_sdk", "of the export");
        let _unseen = Context::enter_telemetry_suppressed_scope();
        info_span!(parent: None, "connection").in_scope(|| info!("of the export"));
    });
    check(registry().with(spans()).with(logs()), &exporter);
}
