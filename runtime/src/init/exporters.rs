//! Wraps the program's own exporters.

use std::future::{Future, ready};
use std::panic::{self, AssertUnwindSafe};
use std::time::Duration;

use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{SpanData, SpanExporter};

use super::signal::Signal;
use crate::sdk::block_on;
use crate::warning::short;

/// An exporter that the program adds. An export that hangs or panics becomes an error.
#[derive(Debug)]
pub(super) struct Own<E> {
    pub(super) exporter: E,
    /// The time limit of one export.
    pub(super) limit: Duration,
}

impl<E: SpanExporter> Own<E> {
    fn try_export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let export = || block_on(self.exporter.export(batch), self.limit);
        match panic::catch_unwind(AssertUnwindSafe(export)) {
            Ok(Some(result)) => result,
            Ok(None) => Err(OTelSdkError::Timeout(self.limit)),
            Err(_) => Err(OTelSdkError::InternalFailure("it panicked".to_owned())),
        }
    }
}

impl<E: SpanExporter> SpanExporter for Own<E> {
    fn export(&self, batch: Vec<SpanData>) -> impl Future<Output = OTelSdkResult> + Send {
        let count = batch.len();
        let result = self.try_export(batch);
        match &result {
            Ok(()) => Signal::Traces.outage().end(),
            Err(error) => Signal::Traces.outage().say(format_args!(
                "{} could not be exported: {}; this warning is not repeated until exporting works",
                Signal::Traces.counted(count),
                short(&error.to_string()),
            )),
        }
        ready(result)
    }

    fn shutdown_with_timeout(&self, limit: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(limit)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}
