//! Turns `tracing` events into log records, through `opentelemetry-appender-tracing`.

use opentelemetry::logs::{LogRecord, Logger, Severity};
use opentelemetry_sdk::logs::SdkLogger;
use tracing_core::{Event, Level, Metadata, Subscriber};
use tracing_log::NormalizeEvent;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::bridge::is_suppressed;
use super::fields::Fields;
use super::parent;
use super::target::is_of_opentelemetry;
use crate::ambient;
use crate::integrations::logs;

/// Returns a layer that turns `tracing` events into log records of the provider that
/// `traced::init` has set up, or that was given to
/// [`set_logger_provider`](crate::set_logger_provider). Without a provider they go nowhere.
///
/// A record has the ids of the current trace and span, whoever opened the span, or those of the
/// event's explicit parent. It is created by
/// [`opentelemetry-appender-tracing`](opentelemetry_appender_tracing), whose layer this one
/// replaces: with both, each record would be emitted twice. Events of the `opentelemetry` crates
/// themselves are left out, and so are those that are emitted during an export.
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

/// The layer that [`logs`](fn@logs) returns.
#[derive(Clone, Debug)]
pub struct Logs(());

impl<S> Layer<S> for Logs
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn on_event(&self, event: &Event<'_>, subscriber: Context<'_, S>) {
        // An event about the export of log records would be exported in turn.
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

/// Emits a line of the crate `log`, whose target and place the bridge would not know.
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
