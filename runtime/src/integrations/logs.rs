//! The global logger provider, for exceptions and for the events of
//! [`tracing::logs`](crate::integrations::tracing::logs). OpenTelemetry itself does not have a
//! global one.

use std::mem;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use opentelemetry::logs::{LogRecord, Logger, LoggerProvider, Severity};
use opentelemetry::trace::SpanContext;
use opentelemetry_appender_tracing::layer::OpenTelemetryTracingBridge;
use opentelemetry_sdk::logs::{SdkLogger, SdkLoggerProvider};

use crate::ambient;
use crate::attributes::Exception;
use crate::contain::catch;
use crate::outcome::exception;
use crate::site::scope;

const OPT_IN: &str = "OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN";

static CURRENT: RwLock<Option<Arc<Logs>>> = RwLock::new(None);

/// The loggers of the provider that log records go to.
pub(crate) struct Logs {
    pub(crate) bridge: OpenTelemetryTracingBridge<SdkLoggerProvider, SdkLogger>,
    /// The logger for lines of the crate `log`.
    pub(crate) lines: SdkLogger,
    exceptions: Option<Exceptions>,
}

/// The logger for exceptions, if they are log records.
struct Exceptions {
    logger: SdkLogger,
    /// `true` if exceptions are also events of their spans.
    on_spans_too: bool,
}

/// Sets the provider for log records. It receives the log records of the layer
/// [`tracing::logs`](crate::integrations::tracing::logs), and exceptions if
/// `OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN` is `logs` or `logs/dup`.
///
/// `traced::init` calls this when it sets up logs. Call it yourself if your program has its own
/// provider. An exception is then a log record by the [semantic
/// conventions](https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-logs/), with the
/// event name `exception`, the severity `ERROR`, and the ids of the span that failed. With `logs`
/// it replaces the event of that span, and with `logs/dup` there are both. The variable is read
/// only when this function is called.
///
/// # Example
///
/// ```
/// use opentelemetry_sdk::logs::SdkLoggerProvider;
///
/// let provider = SdkLoggerProvider::builder().build();
/// traced::set_logger_provider(&provider);
/// ```
pub fn set_logger_provider(provider: &SdkLoggerProvider) {
    exception::offer_to(log);
    set(Some(Arc::new(Logs::to(provider))));
}

/// Removes the provider, so that log records go nowhere.
#[cfg(feature = "init")]
pub(crate) fn unset() {
    set(None);
}

fn set(logs: Option<Arc<Logs>>) {
    let mut current = CURRENT.write().unwrap_or_else(PoisonError::into_inner);
    let former = mem::replace(&mut *current, logs);
    drop(current);
    // This may be the last handle of the provider, whose shutdown is foreign code, which must not
    // run while the lock is held.
    drop(former);
}

/// Returns the current provider's loggers, or `None` if log records go nowhere, or if this thread
/// is ending and has no context.
pub(crate) fn current() -> Option<Arc<Logs>> {
    if !ambient::is_alive() {
        return None;
    }
    let current = CURRENT.read().unwrap_or_else(PoisonError::into_inner);
    current.clone()
}

/// Returns `true` if exceptions are only log records, and not events of their spans as well.
pub(crate) fn have_exceptions_alone() -> bool {
    let current = current();
    let exceptions = current.as_ref().and_then(|logs| logs.exceptions.as_ref());
    exceptions.is_some_and(|exceptions| !exceptions.on_spans_too)
}

/// Emits the exception of this span as a log record, if exceptions are log records. Returns `true`
/// if it should not be an event of the span as well.
fn log(exception: &Exception<'_>, span: &mut dyn FnMut() -> SpanContext) -> bool {
    let current = current();
    let Some(exceptions) = current.as_ref().and_then(|logs| logs.exceptions.as_ref()) else {
        return false;
    };
    let span = span();
    catch(|| exceptions.emit(exception, &span));
    !exceptions.on_spans_too
}

impl Logs {
    fn to(provider: &SdkLoggerProvider) -> Logs {
        Logs {
            bridge: OpenTelemetryTracingBridge::new(provider),
            lines: provider.logger(""),
            exceptions: Exceptions::from_environment(provider),
        }
    }
}

impl Exceptions {
    /// Reads `OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN`. Any value except `logs` and `logs/dup` leaves
    /// exceptions on their spans, as the specification requires.
    fn from_environment(provider: &SdkLoggerProvider) -> Option<Exceptions> {
        let on_spans_too = match std::env::var(OPT_IN).ok()?.trim() {
            "logs" => false,
            "logs/dup" => true,
            _ => return None,
        };
        Some(Exceptions {
            logger: provider.logger_with_scope(scope::own()),
            on_spans_too,
        })
    }

    fn emit(&self, exception: &Exception<'_>, span: &SpanContext) {
        let mut record = self.logger.create_log_record();
        record.set_event_name(Exception::EVENT);
        record.set_timestamp(SystemTime::now());
        record.set_severity_number(Severity::Error);
        record.set_severity_text(Severity::Error.name());
        let flags = Some(span.trace_flags());
        record.set_trace_context(span.trace_id(), span.span_id(), flags);
        for (key, value) in exception.attributes() {
            record.add_attribute(key, value.to_owned());
        }
        self.logger.emit(record);
    }
}
