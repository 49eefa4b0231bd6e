//! One call of set-up, configured by OpenTelemetry's environment variables.

mod console;
mod error;

use opentelemetry_sdk::trace::SdkTracerProvider;

pub use error::InitError;

use crate::filter::{self, Filter};
use crate::site;

const EXPORTER: &str = "OTEL_TRACES_EXPORTER";

/// Sets up tracing from the environment; the guard flushes and shuts down when it is dropped.
///
/// `OTEL_TRACES_EXPORTER` chooses where spans go: `console`, which prints each finished trace as a tree and is the choice
/// where nothing is said, or `none`. The SDK's own variables hold too (`OTEL_SERVICE_NAME`, `OTEL_TRACES_SAMPLER`, …).
///
/// # Errors
///
/// A variable holds a value that is not valid; nothing is set up then.
///
/// # Example
///
/// ```no_run
/// fn main() -> Result<(), traced::InitError> {
///     let _guard = traced::init()?;
///     // … the program …
///     Ok(())
/// }
/// ```
pub fn init() -> Result<Guard, InitError> {
    check_filter()?;
    let provider = Exporter::from_environment()?.provider();
    match &provider {
        Some(provider) => crate::set_tracer_provider(provider.clone()),
        None => site::set_disabled(true),
    }
    Ok(Guard { provider })
}

/// Keeps tracing set up; when it is dropped, what has ended is exported and the provider is shut down.
#[derive(Debug)]
#[must_use = "tracing is shut down when the guard is dropped: bind it to a variable that lives as long as the program"]
pub struct Guard {
    provider: Option<SdkTracerProvider>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(provider) = self.provider.take() {
            // The SDK says what went wrong in its own log; at this point nobody else could act on it.
            let _ = provider.shutdown();
        }
    }
}

fn check_filter() -> Result<(), InitError> {
    let Some(value) = variable(filter::VARIABLE) else {
        return Ok(());
    };
    match value.parse::<Filter>() {
        Ok(_) => Ok(()),
        Err(_) => Err(InitError::new(filter::VARIABLE, value, filter::ACCEPTED)),
    }
}

fn variable(name: &str) -> Option<String> {
    let value = std::env::var_os(name)?;
    Some(value.to_string_lossy().into_owned())
}

/// Where spans go.
enum Exporter {
    Console,
    None,
}

impl Exporter {
    fn from_environment() -> Result<Exporter, InitError> {
        let value = variable(EXPORTER).unwrap_or_default();
        match value.trim() {
            "" | "console" => Ok(Exporter::Console),
            "none" => Ok(Exporter::None),
            _ => Err(InitError::new(EXPORTER, value, "`console` or `none`")),
        }
    }

    /// The provider for this exporter; the one place that chooses it.
    fn provider(&self) -> Option<SdkTracerProvider> {
        match self {
            Exporter::Console => Some(
                SdkTracerProvider::builder()
                    .with_span_processor(console::Console::new())
                    .build(),
            ),
            Exporter::None => None,
        }
    }
}
