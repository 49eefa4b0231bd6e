//! Tests of logs through `opentelemetry-appender-tracing`, which takes the ids from the context
//! that traced functions and bridged spans set.

use std::sync::{Mutex, PoisonError};

use opentelemetry::Context;
use opentelemetry::logs::{AnyValue, Severity};
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

/// Checks that there are two records, each with the ids of its span.
fn check(subscriber: impl Subscriber + Send + Sync, exporter: &InMemoryLogExporter) {
    let capture = Capture::new();
    tracing::subscriber::with_default(subscriber, || capture.run(ours));
    check_ids(exporter, &capture);
}

fn check_ids(exporter: &InMemoryLogExporter, capture: &Capture) {
    let logs = exporter.get_emitted_logs().expect("logs");
    let spans = capture.spans();
    assert_eq!((logs.len(), spans.len()), (2, 2));
    for (log, span) in logs.iter().zip(&spans) {
        let ids = log.record.trace_context().expect("ids");
        assert_eq!(ids.trace_id, span.span_context.trace_id());
        assert_eq!(ids.span_id, span.span_context.span_id());
    }
}

/// Runs `f` with our layer of logs. Its provider belongs to the process, so tests run one at a
/// time.
fn with_logs(exporter: &InMemoryLogExporter, f: impl FnOnce()) {
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    traced::set_logger_provider(&provider(exporter));
    tracing::subscriber::with_default(registry().with(spans()).with(logs()), f);
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
    let capture = Capture::new();
    with_logs(&exporter, || {
        info!(target: "opentelemetry_sdk", "of the export");
        {
            let _unseen = Context::enter_telemetry_suppressed_scope();
            info_span!(parent: None, "connection").in_scope(|| info!("of the export"));
            info!(parent: None, "of the export");
        }
        capture.run(ours);
    });
    check_ids(&exporter, &capture);
}

#[test]
fn a_record_with_a_parent_by_request_has_its_ids() {
    let exporter = InMemoryLogExporter::default();
    let capture = Capture::new();
    with_logs(&exporter, || {
        capture.run(|| {
            let span = info_span!("library");
            traced::span!("ours" => {
                info!(parent: &span, "to the library");
                info!(parent: None, "to nobody");
            });
        });
    });
    let spans = capture.spans();
    let library = spans.iter().find(|span| span.name == "library");
    let logs = exporter.get_emitted_logs().expect("logs");
    let ids = logs
        .iter()
        .map(|log| log.record.trace_context().map(|ids| ids.span_id));
    let library = library.map(|span| span.span_context.span_id());
    assert_eq!(ids.collect::<Vec<_>>(), [library, None]);
}

#[test]
fn lines_of_the_crate_log_are_records_with_their_own_target_and_level() {
    let exporter = InMemoryLogExporter::default();
    let capture = Capture::new();
    with_logs(&exporter, || {
        // The logger of the process, which hands lines to the subscriber that is current.
        let _ = tracing_log::LogTracer::init();
        capture.run(|| traced::span!("ours" => log::warn!(target: "billing", "order {}", 7)));
    });
    let logs = exporter.get_emitted_logs().expect("logs");
    let record = &logs[0].record;
    assert_eq!(record.target().map(|target| &**target), Some("billing"));
    assert_eq!(record.severity_number(), Some(Severity::Warn));
    assert_eq!(record.severity_text(), Some("WARN"));
    assert_eq!(record.body(), Some(&AnyValue::from("order 7")));
    let keys: Vec<&str> = record
        .attributes_iter()
        .map(|(key, _)| key.as_str())
        .collect();
    assert_eq!(keys, ["code.file.path", "code.line.number"]);
    let ids = record.trace_context().expect("ids");
    assert_eq!(ids.span_id, capture.spans()[0].span_context.span_id());
    assert_eq!(logs.len(), 1);
}
