//! The builder, which takes the settings that the program makes in code.

use std::fmt;
use std::time::Duration;

use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::{Key, KeyValue, Value};
use opentelemetry_sdk::trace::SpanExporter;

use super::exporters::Own;
#[cfg(feature = "otlp")]
use super::otlp::{Given, Protocol};
use super::provider::Exporter;
use super::sampler::Sampling;
#[cfg(feature = "tracing")]
use super::subscriber::Lines;
use crate::sdk;

/// Returns a builder that sets tracing up like [`init`](crate::init()), with settings that the
/// program makes in code. They take precedence over the environment variables.
///
/// # Example
///
/// ```no_run
/// use traced::opentelemetry_sdk::trace::Sampler;
///
/// fn main() -> Result<(), traced::InitError> {
///     let _guard = traced::builder()
///         .with_service_name("user-service")
///         .with_service_version(env!("CARGO_PKG_VERSION"))
///         .with_attribute("deployment.environment.name", "staging")
///         .with_sampling(Sampler::TraceIdRatioBased(0.1))
///         .init()?;
///     // … the program …
///     Ok(())
/// }
/// ```
pub fn builder() -> Builder {
    Builder {
        attributes: Vec::new(),
        sampling: None,
        limit: Duration::from_secs(5),
        filter: None,
        propagator: None,
        exporters: Vec::new(),
        #[cfg(feature = "otlp")]
        otlp: Given::default(),
        #[cfg(feature = "tracing")]
        lines: Lines::default(),
    }
}

/// Configures and sets up tracing. Created by [`builder`].
#[must_use = "nothing is set up before `init` is called"]
pub struct Builder {
    pub(super) attributes: Vec<KeyValue>,
    pub(super) sampling: Option<Sampling>,
    pub(super) limit: Duration,
    pub(super) filter: Option<String>,
    pub(super) propagator: Option<Propagator>,
    pub(super) exporters: Vec<Exporter>,
    #[cfg(feature = "otlp")]
    pub(super) otlp: Given,
    #[cfg(feature = "tracing")]
    pub(super) lines: Lines,
}

pub(super) type Propagator = Box<dyn TextMapPropagator + Send + Sync>;

/// The time limit of one export by an exporter that the program adds.
const OWN_LIMIT: Duration = Duration::from_secs(30);

impl Builder {
    /// Sets the `service.name` of the resource, in place of `OTEL_SERVICE_NAME`.
    pub fn with_service_name(self, name: impl Into<Value>) -> Builder {
        self.with_attribute("service.name", name)
    }

    /// Sets the `service.version` of the resource.
    pub fn with_service_version(self, version: impl Into<Value>) -> Builder {
        self.with_attribute("service.version", version)
    }

    /// Sets another attribute of the resource. It takes precedence over `OTEL_RESOURCE_ATTRIBUTES`.
    pub fn with_attribute(mut self, key: impl Into<Key>, value: impl Into<Value>) -> Builder {
        self.attributes.push(KeyValue::new(key, value));
        self
    }

    /// Sets which traces are kept, in place of `OTEL_TRACES_SAMPLER`. This takes a sampler of the
    /// SDK or of the program (any [`ShouldSample`](opentelemetry_sdk::trace::ShouldSample)), or
    /// [`AdaptiveSampling`](crate::sdk::AdaptiveSampling).
    pub fn with_sampling(mut self, sampling: impl Into<Sampling>) -> Builder {
        self.sampling = Some(sampling.into());
        self
    }

    /// Adds an exporter, which replaces those that `OTEL_TRACES_EXPORTER` chooses. This can be
    /// called several times, and each exporter receives all spans.
    ///
    /// An export whose future is not ready after 30 seconds is abandoned.
    ///
    /// # Example
    ///
    /// ```
    /// use traced::opentelemetry_sdk::trace::InMemorySpanExporter;
    ///
    /// let exporter = InMemorySpanExporter::default();
    /// let guard = traced::builder().with_exporter(exporter.clone()).init()?;
    ///
    /// #[traced::traced]
    /// fn answer() {}
    ///
    /// answer();
    /// guard.flush();
    /// assert_eq!(exporter.get_finished_spans().unwrap()[0].name, "answer");
    /// # Ok::<(), traced::InitError>(())
    /// ```
    pub fn with_exporter(mut self, exporter: impl SpanExporter + 'static) -> Builder {
        let limit = OWN_LIMIT;
        let own = Box::new(sdk::Spans::new(Own { exporter, limit }));
        self.exporters.push(Exporter::Own(own));
        self
    }

    /// Sets which functions are traced, in place of `TRACED_FILTER`. The syntax is that of
    /// [`set_filter`](crate::set_filter).
    pub fn with_filter(mut self, directives: impl Into<String>) -> Builder {
        self.filter = Some(directives.into());
        self
    }

    /// Sets how the context travels between processes, in place of `OTEL_PROPAGATORS`. This takes
    /// any propagator, such as those that [`from_names`](crate::propagation::from_names) returns.
    pub fn with_propagator(
        mut self,
        propagator: impl TextMapPropagator + Send + Sync + 'static,
    ) -> Builder {
        self.propagator = Some(Box::new(propagator));
        self
    }

    /// Sets the maximum time that dropping the [`Guard`](crate::Guard) waits for the last exports.
    /// The default is 5 seconds. Logs take at most half of that time.
    pub fn with_shutdown_timeout(mut self, limit: Duration) -> Builder {
        self.limit = limit;
        self
    }
}

/// These methods set where and how spans and log records are sent over OTLP, in place of
/// `OTEL_EXPORTER_OTLP_*`.
#[cfg(feature = "otlp")]
impl Builder {
    /// Sets the URL of the collector for all signals, like `OTEL_EXPORTER_OTLP_ENDPOINT`. Over
    /// HTTP, `/v1/traces` is appended to it for traces, and `/v1/logs` for logs.
    ///
    /// # Example
    ///
    /// ```no_run
    /// let _guard = traced::builder()
    ///     .with_endpoint("https://collector.example:4317")
    ///     .with_protocol(traced::Protocol::Grpc)
    ///     .with_header("api-key", std::fs::read_to_string("/run/secrets/api-key")?.trim())
    ///     .init()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_endpoint(mut self, url: impl Into<String>) -> Builder {
        self.otlp.endpoint = Some(url.into());
        self
    }

    /// Adds a header to each request. It replaces a header with the same name from
    /// `OTEL_EXPORTER_OTLP_HEADERS` or from an earlier call.
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Builder {
        self.otlp.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the protocol. The default is [`Protocol::Http`].
    pub fn with_protocol(mut self, protocol: Protocol) -> Builder {
        self.otlp.protocol = Some(protocol);
        self
    }

    /// Sets the time limit of one export with its retries. The default is 10 seconds. If a
    /// collector asks for a delay of more than 10 minutes before the next attempt, it counts as 10
    /// minutes.
    pub fn with_timeout(mut self, limit: Duration) -> Builder {
        self.otlp.timeout = Some(limit);
        self
    }
}

#[cfg(feature = "tracing")]
impl Builder {
    /// Writes log lines as JSON, one object per line.
    ///
    /// This has no effect if the program has its own subscriber.
    pub fn with_json_lines(mut self) -> Builder {
        self.lines.are_json = true;
        self
    }

    /// Adds the attributes that the current span has so far to each log line, next to its name and
    /// ids.
    ///
    /// This has no effect if the program has its own subscriber. In that case, use
    /// [`WithIds::with_span_attributes`](crate::integrations::tracing::WithIds::with_span_attributes).
    pub fn with_span_attributes_on_lines(mut self) -> Builder {
        self.lines.have_span_attributes = true;
        self
    }
}

/// The values are not shown, since they may be secrets.
impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").finish_non_exhaustive()
    }
}
