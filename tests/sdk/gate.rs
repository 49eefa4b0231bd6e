//! An exporter that holds the background thread for as long as a test wants.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::trace::{Span as _, Status, Tracer as _, TracerProvider as _};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use traced::sdk::TracerProvider;

use crate::exporters::Kept;

/// An exporter that holds each batch until it is released.
#[derive(Debug)]
pub(crate) struct Gated {
    kept: Kept,
    entered: Sender<()>,
    gate: Mutex<Receiver<()>>,
}

/// The test's side of the exporter. It says when the exporter has a batch. When it is dropped, all
/// batches are released.
pub(crate) struct Gate {
    pub(crate) kept: Kept,
    entered: Receiver<()>,
    open: Sender<()>,
}

pub(crate) fn gated() -> (Gated, Gate) {
    let (entered, told) = channel();
    let (open, gate) = channel();
    let kept = Kept::default();
    let exporter = Gated {
        kept: kept.clone(),
        entered,
        gate: Mutex::new(gate),
    };
    let gate = Gate {
        kept,
        entered: told,
        open,
    };
    (exporter, gate)
}

impl Gate {
    /// Releases the exporter's batch, and waits until it has the next one.
    pub(crate) fn next(&self) {
        self.open.send(()).expect("the exporter is there");
        self.wait();
    }

    /// Waits until the exporter has a batch.
    pub(crate) fn wait(&self) {
        self.entered.recv().expect("the exporter is there");
    }
}

impl SpanExporter for Gated {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let _ = self.entered.send(());
        let _ = self.gate.lock().expect("nobody panics here").recv();
        self.kept.export(batch).await
    }
}

pub(crate) fn record(provider: &TracerProvider, count: usize, is_error: bool) {
    let tracer = provider.tracer("t");
    for _ in 0..count {
        let mut span = tracer.start(if is_error { "error" } else { "fine" });
        span.set_attribute(KeyValue::new("text", "x".repeat(1_000)));
        if is_error {
            span.set_status(Status::error("it went wrong"));
        }
    }
}

/// Returns a provider whose exporter has a first batch of `batch` spans, and does not return.
pub(crate) fn blocked(batch: usize) -> (TracerProvider, Gate) {
    let (exporter, gate) = gated();
    let provider = TracerProvider::builder()
        .with_exporter(exporter)
        .with_max_export_batch_size(batch)
        .with_scheduled_delay(Duration::from_millis(1))
        .build();
    record(&provider, batch, false);
    gate.wait();
    (provider, gate)
}
