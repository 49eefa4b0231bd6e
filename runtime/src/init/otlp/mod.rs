//! Sending spans over OTLP, by HTTP or gRPC.

mod batch;
mod client;
mod settings;
mod tls;

use std::fmt;
use std::future::{Future, ready};
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{self, SpanData};
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

pub(super) use batch::Batch;
use client::Cause;
use settings::Settings;

use super::error::InitError;
use super::outage;

/// The exporter of `opentelemetry-otlp` on a runtime of its own, so that it works whatever the application runs on.
pub(super) struct Otlp {
    exporter: SpanExporter,
    runtime: Background,
    /// For one export, retries included.
    limit: Duration,
    /// Where spans go, for the warning.
    endpoint: String,
    cause: Cause,
}

impl Otlp {
    pub(super) fn from_environment() -> Result<Otlp, InitError> {
        let settings = Settings::from_environment()?;
        let tls = tls::from_environment(&settings.endpoint)?;
        let runtime = Background::start()
            .map_err(|error| InitError::failed("no thread for the export", &error))?;
        let cause = Cause::default();
        let exporter = {
            let _entered = runtime.0.as_ref().map(Runtime::enter);
            client::exporter(&settings, tls, &cause)
        };
        Ok(Otlp {
            exporter: exporter.map_err(|error| InitError::failed("no OTLP exporter", &error))?,
            runtime,
            limit: settings.limit,
            endpoint: settings.shown_endpoint(),
            cause,
        })
    }

    /// Waits for the collector, within the limit; called on the provider's thread.
    fn send(&self, spans: Vec<SpanData>) -> OTelSdkResult {
        let Some(runtime) = &self.runtime.0 else {
            return Err(OTelSdkError::AlreadyShutdown);
        };
        let _unseen = Context::enter_telemetry_suppressed_scope();
        let count = spans.len();
        let export = async {
            timeout(
                self.limit,
                trace::SpanExporter::export(&self.exporter, spans),
            )
            .await
        };
        let result = runtime
            .block_on(export)
            .unwrap_or(Err(OTelSdkError::Timeout(self.limit)));
        match &result {
            Ok(()) => outage::end(),
            Err(error) => self.report(count, error),
        }
        result
    }

    fn report(&self, count: usize, error: &OTelSdkError) {
        let spans = if count == 1 { "span" } else { "spans" };
        let reason = match error {
            OTelSdkError::InternalFailure(reason) => reason.clone(),
            other => other.to_string(),
        };
        let cause = self.cause.take().map(|cause| format!(": {cause}"));
        outage::report(format_args!(
            "{count} {spans} could not be sent to {}: {reason}{}; this is not said again until sending works",
            self.endpoint,
            cause.unwrap_or_default(),
        ));
    }
}

impl trace::SpanExporter for Otlp {
    fn export(&self, spans: Vec<SpanData>) -> impl Future<Output = OTelSdkResult> + Send {
        ready(self.send(spans))
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

impl fmt::Debug for Otlp {
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
            .on_thread_start(|| std::mem::forget(Context::enter_telemetry_suppressed_scope()))
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
