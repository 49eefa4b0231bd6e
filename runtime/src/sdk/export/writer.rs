//! What ended spans become on their way out. The background thread reads each once, and hands it to every writer.

use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};

use super::block_on::block_on;
use crate::sdk::record::{Ended, Interned};
use crate::sdk::sampling::{Reason, as_kept};
use crate::sdk::scopes::Scopes;

/// The bytes that a batch may take, whatever it holds: collectors take requests of 4 MiB by default.
pub(crate) const LARGEST_BATCH: usize = 3 * 1024 * 1024;

/// Collects ended spans in the form that its exporter takes, and exports them a batch at a time.
pub(crate) trait Writer: Send {
    /// Says what the spans are of, before there are any.
    fn set_resource(&mut self, resource: &Resource);

    /// Returns `true` if the batch may take this span too.
    fn has_room_for(&self, span: Ended<'_>) -> bool;

    /// Adds a span, with the reason if it was kept at its trace's end.
    fn add(&mut self, span: Ended<'_>, reason: Option<Reason>, scopes: &Scopes);

    /// Exports the batch, whose spans are lost if that fails.
    fn export(&mut self, limit: Duration) -> Exported;

    /// Ends the exporter.
    fn shutdown(&mut self, limit: Duration) -> OTelSdkResult;
}

/// What became of a batch: how many of its spans were rejected, or why all are lost.
pub(crate) type Exported = Result<u64, Lost>;

/// Why a batch is lost.
#[derive(Debug)]
pub(crate) enum Lost {
    Failed(String),
    TimedOut,
    Panicked,
}

impl Lost {
    /// Says it in a sentence.
    pub(crate) fn reason(self) -> String {
        match self {
            Lost::Failed(reason) => reason,
            Lost::TimedOut => "the exporter took longer than its time limit".to_owned(),
            Lost::Panicked => "the exporter panicked".to_owned(),
        }
    }
}

/// Writes [`SpanData`], for any exporter.
pub(crate) struct Spans<E> {
    exporter: E,
    interned: Interned,
    batch: Vec<SpanData>,
    /// The bytes of their records.
    bytes: usize,
}

impl<E> Spans<E> {
    pub(crate) fn new(exporter: E) -> Spans<E> {
        Spans {
            exporter,
            interned: Interned::default(),
            batch: Vec::new(),
            bytes: 0,
        }
    }
}

impl<E: SpanExporter> Writer for Spans<E> {
    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }

    fn has_room_for(&self, span: Ended<'_>) -> bool {
        self.bytes + span.bytes().len() <= LARGEST_BATCH
    }

    fn add(&mut self, span: Ended<'_>, reason: Option<Reason>, scopes: &Scopes) {
        self.bytes += span.bytes().len();
        span.add_to(&mut self.batch, &mut self.interned, scopes);
        if let Some(reason) = reason
            && let Some(data) = self.batch.last_mut()
        {
            if span.is_local_root() {
                let reason = KeyValue::new(Reason::KEY, reason.name());
                data.attributes.push(reason);
            }
            data.span_context = as_kept(&data.span_context);
        }
    }

    fn export(&mut self, limit: Duration) -> Exported {
        self.bytes = 0;
        let room = Vec::with_capacity(self.batch.capacity());
        let batch = std::mem::replace(&mut self.batch, room);
        match block_on(self.exporter.export(batch), limit) {
            Some(Ok(())) => Ok(0),
            Some(Err(error)) => Err(Lost::Failed(error.to_string())),
            None => Err(Lost::TimedOut),
        }
    }

    fn shutdown(&mut self, limit: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(limit)
    }
}
