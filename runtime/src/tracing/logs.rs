//! `tracing` events as log records, through `opentelemetry-appender-tracing`.

use opentelemetry::logs::{LogRecord, Logger, Severity};
use opentelemetry_sdk::logs::SdkLogger;
use tracing_core::{Event, Level, Metadata, Subscriber};
use tracing_log::NormalizeEvent;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::bridge::is_suppressed;
use super::fields::Fields;
use super::{is_of_opentelemetry, parent};
use crate::ambient;
use crate::logs;

/// The layer that turns `tracing` events into log records of the provider that [`init`](crate::init()) set up, or
/// [`set_logger_provider`](crate::set_logger_provider) was given; without one they go nowhere.
///
/// A record has the ids of the trace and the span that are current, whoever opened it. It is made by
/// [`opentelemetry-appender-tracing`](opentelemetry_appender_tracing), whose layer this one stands for: with both, each record would be
/// there twice. The events of the `opentelemetry` crates themselves are left out, and so is what is said while something is exported.
///
/// # Example
///
/// ```
/// use tracing_subscriber::filter::LevelFilter;
/// use tracing_subscriber::prelude::*;
///
/// let logs = traced::tracing::logs().with_filter(LevelFilter::INFO);
/// let subscriber = tracing_subscriber::registry().with(logs);
/// # drop(subscriber);
/// ```
#[must_use]
pub fn logs() -> Logs {
    Logs(())
}

/// See [`logs`].
#[derive(Clone, Debug)]
pub struct Logs(());

impl<S> Layer<S> for Logs
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn on_event(&self, event: &Event<'_>, subscriber: Context<'_, S>) {
        // These may be said of a log record that is on its way.
        if is_of_opentelemetry(event.metadata().target()) || is_suppressed() {
            return;
        }
        let Some(logs) = logs::current() else {
            return;
        };
        let _parent = (!event.is_contextual()).then(|| {
            let context = parent::context(event, || subscriber.event_span(event));
            ambient::attach(&context)
        });
        match event.normalized_metadata() {
            Some(metadata) => emit_line(&logs.lines, event, &metadata),
            None => logs.bridge.on_event(event, subscriber),
        }
    }
}

/// Emits a line of the crate `log`, of which the bridge knows neither target nor place.
fn emit_line(logger: &SdkLogger, event: &Event<'_>, metadata: &Metadata<'_>) {
    let severity = severity(*metadata.level());
    if !logger.event_enabled(severity, metadata.target(), None) {
        return;
    }
    let mut record = logger.create_log_record();
    record.set_target(metadata.target().to_owned());
    record.set_severity_number(severity);
    record.set_severity_text(metadata.level().as_str());
    if let Some(file) = metadata.file() {
        record.add_attribute("code.file.path", file.to_owned());
    }
    if let Some(line) = metadata.line() {
        record.add_attribute("code.line.number", i64::from(line));
    }
    if let Some(message) = Fields::of(event).message {
        record.set_body(message.into());
    }
    logger.emit(record);
}

fn severity(level: Level) -> Severity {
    match level {
        Level::TRACE => Severity::Trace,
        Level::DEBUG => Severity::Debug,
        Level::INFO => Severity::Info,
        Level::WARN => Severity::Warn,
        Level::ERROR => Severity::Error,
    }
}
