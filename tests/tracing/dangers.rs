//! Tests of what locks up, loops or counts twice in systems like this one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry::trace::Span as _;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracerProvider, Span, SpanData, SpanExporter, SpanProcessor};
use traced::traced;
use traced::tracing::{events, spans, with_ids};
use tracing::{info, info_span};
use tracing_subscriber::prelude::*;
use tracing_subscriber::{fmt, registry};

#[traced]
fn ours<R>(f: impl FnOnce() -> R) -> R {
    f()
}

/// A processor that emits events while a span is started and ended, when `tracing-opentelemetry`
/// and OpenTelemetry hold locks.
#[derive(Debug)]
struct Talkative;

impl SpanProcessor for Talkative {
    fn on_start(&self, span: &mut Span, _: &Context) {
        info!(id = %span.span_context().span_id(), "starting");
    }

    fn on_end(&self, span: SpanData) {
        info!(name = %span.name, error = "none", "ended");
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

/// An exporter that is traced and emits events itself, and counts what it exports.
#[derive(Clone, Debug, Default)]
struct TracedExporter(Arc<AtomicUsize>);

impl SpanExporter for TracedExporter {
    async fn export(&self, spans: Vec<SpanData>) -> OTelSdkResult {
        self.0.fetch_add(spans.len(), Ordering::SeqCst);
        ours(|| {
            info_span!("connection").in_scope(|| info!("sending"));
            info_span!(parent: None, "pool").in_scope(|| info!("sending"));
        });
        Ok(())
    }
}

/// The provider belongs to the whole process, so this is the only test in its process.
#[test]
fn nothing_locks_up_or_goes_in_circles() {
    let exporter = TracedExporter::default();
    let provider = SdkTracerProvider::builder()
        .with_span_processor(Talkative)
        .with_batch_exporter(exporter.clone())
        .build();
    traced::set_tracer_provider(provider.clone());
    let lines = fmt::layer()
        .with_writer(std::io::sink)
        .map_event_format(with_ids);
    let subscriber = registry().with(spans()).with(events()).with(lines);
    tracing::subscriber::set_global_default(subscriber).expect("the first one");
    for _ in 0..10 {
        work();
        provider.force_flush().expect("an export");
    }
    provider.shutdown().expect("an end");
    assert_eq!(exporter.0.load(Ordering::SeqCst), 10 * 5);
}

/// Makes five spans.
fn work() {
    ours(|| {
        let library = info_span!("library");
        library.in_scope(|| {
            info!(parent: &library, "from inside");
            ours(|| info!("below"));
        });
        let never_entered = info_span!("never entered");
        info!(parent: &never_entered, "from outside");
        never_entered.follows_from(&library);
    });
    traced::add_event("outside");
    info_span!("last").in_scope(|| traced::add_event("inside"));
}
