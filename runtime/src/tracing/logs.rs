//! `tracing` events as log records, through `opentelemetry-appender-tracing`.

use tracing_core::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

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
        if event.metadata().target().starts_with("opentelemetry") {
            return;
        }
        if let Some(logs) = logs::current() {
            logs.bridge.on_event(event, subscriber);
        }
    }
}
