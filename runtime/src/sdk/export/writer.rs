//! Writers, which take the ended spans. The background thread gives each span to every writer.

use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};

use super::block_on::block_on;
use crate::sdk::memory;
use crate::sdk::record::{Ended, Interned};
use crate::sdk::sampling::{Kept, Reason};
use crate::sdk::scopes::Scopes;

/// The maximum size of a batch in bytes. Collectors accept requests of 4 MiB by default.
pub(crate) const LARGEST_BATCH: usize = 3 * 1024 * 1024;

/// Converts ended spans to what its exporter takes, and exports them in batches.
///
/// A writer bounds the size of a batch itself, by [`has_room_for`](Writer::has_room_for), and keeps
/// to a time limit itself, since nothing interrupts it. Its panics are caught. Failed exports are
/// warned of by the provider, or by the exporters if `traced::init` set the provider up.
pub(crate) trait Writer: Send {
    /// Sets the resource, before there are any spans.
    fn set_resource(&mut self, resource: &Resource);

    /// Returns `true` if the batch has room for this span.
    fn has_room_for(&mut self, span: Ended<'_>, scopes: &Scopes) -> bool;

    /// Adds a span to the batch. `kept` says why adaptive sampling kept it, or is `None` without
    /// adaptive sampling.
    fn add(&mut self, span: Ended<'_>, kept: Option<Kept>, scopes: &Scopes);

    /// Exports the batch. Its spans are lost if that fails. `limit` is for an exporter that has no
    /// time limit of its own.
    fn export(&mut self, limit: Duration) -> Exported;

    /// Shuts the exporter down, within `limit` if it has no time limit of its own.
    fn shutdown(&mut self, limit: Duration) -> OTelSdkResult;
}

/// The result of exporting a batch: the number of spans that were rejected, or the reason why all
/// of them are lost.
pub(crate) type Exported = Result<u64, Lost>;

/// The reason why a batch is lost.
#[derive(Debug)]
pub(crate) enum Lost {
    Failed(String),
    TimedOut,
    Panicked,
}

impl Lost {
    /// Returns the reason as a text.
    pub(crate) fn reason(self) -> String {
        match self {
            Lost::Failed(reason) => reason,
            Lost::TimedOut => "the exporter took longer than its time limit".to_owned(),
            Lost::Panicked => "the exporter panicked".to_owned(),
        }
    }
}

/// A [`Writer`] that creates [`SpanData`], for any exporter of OpenTelemetry.
pub(crate) struct Spans<E> {
    exporter: E,
    interned: Interned,
    batch: Vec<SpanData>,
    /// The estimated memory that the batch takes, in bytes. It may be ten times as large as the
    /// records.
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

    fn has_room_for(&mut self, span: Ended<'_>, scopes: &Scopes) -> bool {
        let scope = self.interned.scope(span.scope(), scopes);
        let more = span.bytes().len() + scope.map_or(0, memory::of_scope);
        self.bytes + more <= LARGEST_BATCH
    }

    fn add(&mut self, span: Ended<'_>, kept: Option<Kept>, scopes: &Scopes) {
        span.add_to(&mut self.batch, &mut self.interned, scopes);
        if let Some(kept) = kept
            && let Some(data) = self.batch.last_mut()
        {
            if span.is_local_root() {
                let reason = KeyValue::new(Reason::KEY, kept.reason.name());
                data.attributes.push(reason);
            }
            data.span_context = kept.context(&data.span_context);
        }
        self.bytes += self.batch.last().map_or(0, memory::of_span);
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
