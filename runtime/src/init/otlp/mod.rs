//! Sending spans and log records over OTLP, by HTTP or gRPC.

mod batch;
mod client;
mod settings;
mod tls;

use std::fmt;
use std::future::{Future, ready};
use std::time::Duration;

use opentelemetry_otlp::ExporterBuildError;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
#[cfg(feature = "logs")]
use opentelemetry_sdk::logs::{self, LogBatch};
use opentelemetry_sdk::trace::{self, SpanData};
use rustls::ClientConfig;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

pub(super) use batch::Batch;
use client::Cause;
#[cfg(feature = "logs")]
pub(super) use opentelemetry_otlp::LogExporter;
pub(super) use opentelemetry_otlp::SpanExporter;
pub(super) use settings::Given;
pub use settings::Protocol;
use settings::Settings;

use super::error::InitError;
use super::signal::Signal;
use crate::exporting;
use crate::warning::short;

/// An exporter of `opentelemetry-otlp` on a runtime of its own, so that it works whatever the application runs on.
pub(super) struct Otlp<E> {
    signal: Signal,
    exporter: E,
    runtime: Background,
    /// For one export, retries included.
    limit: Duration,
    /// Where it all goes, for the warning.
    endpoint: String,
    cause: Cause,
}

impl Otlp<SpanExporter> {
    pub(super) fn traces(given: &Given) -> Result<Self, InitError> {
        Otlp::new(Signal::Traces, given, client::spans)
    }
}

#[cfg(feature = "logs")]
impl Otlp<LogExporter> {
    pub(super) fn logs(given: &Given) -> Result<Self, InitError> {
        Otlp::new(Signal::Logs, given, client::logs)
    }
}

impl<E> Otlp<E> {
    fn new(
        signal: Signal,
        given: &Given,
        exporter: impl FnOnce(&Settings, ClientConfig, &Cause) -> Result<E, ExporterBuildError>,
    ) -> Result<Otlp<E>, InitError> {
        let settings = Settings::new(signal, given)?;
        let tls = tls::from_environment(signal, &settings.endpoint)?;
        let runtime = Background::start()
            .map_err(|error| InitError::failed("no thread for the export", &error))?;
        let cause = Cause::default();
        let exporter = {
            let _entered = runtime.0.as_ref().map(Runtime::enter);
            let _unseen = exporting::enter();
            exporter(&settings, tls, &cause)
        };
        Ok(Otlp {
            signal,
            exporter: exporter.map_err(|error| InitError::failed("no OTLP exporter", &error))?,
            runtime,
            limit: settings.limit,
            endpoint: settings.shown_endpoint(),
            cause,
        })
    }

    /// Waits for the collector, within the limit; called on the provider's thread.
    fn send(&self, count: usize, export: impl Future<Output = OTelSdkResult>) -> OTelSdkResult {
        let Some(runtime) = &self.runtime.0 else {
            return Err(OTelSdkError::AlreadyShutdown);
        };
        let _unseen = exporting::enter();
        let result = runtime
            .block_on(async { timeout(self.limit, export).await })
            .unwrap_or(Err(OTelSdkError::Timeout(self.limit)));
        match &result {
            Ok(()) => self.signal.outage().end(),
            Err(error) => self.report(count, error),
        }
        result
    }

    fn report(&self, count: usize, error: &OTelSdkError) {
        let reason = match error {
            OTelSdkError::InternalFailure(reason) => reason.clone(),
            other => other.to_string(),
        };
        let cause = self.cause.take().map(|cause| format!(": {cause}"));
        self.signal.outage().say(format_args!(
            "{} could not be sent to {}: {}{}; this is not said again until sending works",
            self.signal.counted(count),
            self.endpoint,
            short(&reason),
            short(&cause.unwrap_or_default()),
        ));
    }
}

impl trace::SpanExporter for Otlp<SpanExporter> {
    fn export(&self, spans: Vec<SpanData>) -> impl Future<Output = OTelSdkResult> + Send {
        let count = spans.len();
        let export = trace::SpanExporter::export(&self.exporter, spans);
        ready(self.send(count, export))
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

#[cfg(feature = "logs")]
impl logs::LogExporter for Otlp<LogExporter> {
    fn export(&self, records: LogBatch<'_>) -> impl Future<Output = OTelSdkResult> + Send {
        let count = records.iter().count();
        let export = logs::LogExporter::export(&self.exporter, records);
        ready(self.send(count, export))
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

impl<E> fmt::Debug for Otlp<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Otlp")
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

/// A runtime of one thread, which looks after connections between exports too; nothing on it is ever traced. `None` only while
/// it is dropped.
struct Background(Option<Runtime>);

impl Background {
    fn start() -> std::io::Result<Background> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("traced-otlp")
            .on_thread_start(|| std::mem::forget(exporting::enter()))
            .enable_all()
            .build()?;
        Ok(Background(Some(runtime)))
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            // Waiting for its thread would be a panic if this thread had a runtime too.
            runtime.shutdown_background();
        }
    }
}
