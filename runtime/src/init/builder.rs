//! Set-up with what the program itself knows.

use std::time::Duration;
use std::{fmt, mem};

use opentelemetry::propagation::{TextMapCompositePropagator, TextMapPropagator};
use opentelemetry::{Key, KeyValue, Value};
use opentelemetry_sdk::trace::SpanExporter;

use super::error::InitError;
use super::exporters::Own;
use super::guard::{Claim, Guard, Vain};
use super::limits::Limits;
#[cfg(feature = "logs")]
use super::logs::{self, Logs};
#[cfg(feature = "otlp")]
use super::otlp::{Given, Protocol};
use super::provider::{Exporter, Provider, Settings};
use super::sampler::{self, Sampling};
use super::signal::Signal;
#[cfg(feature = "tracing")]
use super::subscriber::Lines;
use super::{destination, environment, propagators, resource};
use crate::filter::{self, Filter};
use crate::propagation::set_propagator;
use crate::sdk;
use crate::site;

/// [`init`](crate::init()) with what the program itself knows, which wins over the environment's variables.
///
/// # Example
///
/// ```no_run
/// use traced::opentelemetry_sdk::trace::Sampler;
///
/// fn main() -> Result<(), traced::InitError> {
///     let _guard = traced::builder()
///         .service_name("user-service")
///         .service_version(env!("CARGO_PKG_VERSION"))
///         .attribute("deployment.environment.name", "staging")
///         .sampling(Sampler::TraceIdRatioBased(0.1))
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

/// See [`builder`].
#[must_use = "nothing is set up before `init` is called"]
pub struct Builder {
    attributes: Vec<KeyValue>,
    sampling: Option<Sampling>,
    limit: Duration,
    filter: Option<String>,
    propagator: Option<Propagator>,
    exporters: Vec<Exporter>,
    #[cfg(feature = "otlp")]
    otlp: Given,
    #[cfg(feature = "tracing")]
    lines: Lines,
}

type Propagator = Box<dyn TextMapPropagator + Send + Sync>;

/// How long one export of an exporter of the program's own may take.
const OWN_LIMIT: Duration = Duration::from_secs(30);

impl Builder {
    /// The resource's `service.name`, over `OTEL_SERVICE_NAME`.
    pub fn service_name(self, name: impl Into<Value>) -> Builder {
        self.attribute("service.name", name)
    }

    /// The resource's `service.version`.
    pub fn service_version(self, version: impl Into<Value>) -> Builder {
        self.attribute("service.version", version)
    }

    /// Another attribute of the resource, over `OTEL_RESOURCE_ATTRIBUTES`.
    pub fn attribute(mut self, key: impl Into<Key>, value: impl Into<Value>) -> Builder {
        self.attributes.push(KeyValue::new(key, value));
        self
    }

    /// Which traces are kept, over `OTEL_TRACES_SAMPLER`: a sampler of the SDK's, or
    /// [`AdaptiveSampling`](crate::sdk::AdaptiveSampling).
    pub fn sampling(mut self, sampling: impl Into<Sampling>) -> Builder {
        self.sampling = Some(sampling.into());
        self
    }

    /// An exporter of the program's own, over `OTEL_TRACES_EXPORTER`; further calls add further ones.
    ///
    /// An export that takes longer than 30 seconds is given up.
    ///
    /// # Example
    ///
    /// ```
    /// use traced::opentelemetry_sdk::trace::InMemorySpanExporter;
    ///
    /// let exporter = InMemorySpanExporter::default();
    /// let guard = traced::builder().exporter(exporter.clone()).init()?;
    ///
    /// #[traced::traced]
    /// fn answer() {}
    ///
    /// answer();
    /// guard.flush();
    /// assert_eq!(exporter.get_finished_spans().unwrap()[0].name, "answer");
    /// # Ok::<(), traced::InitError>(())
    /// ```
    pub fn exporter(mut self, exporter: impl SpanExporter + 'static) -> Builder {
        let limit = OWN_LIMIT;
        let own = Box::new(sdk::Spans::new(Own { exporter, limit }));
        self.exporters.push(Exporter::Own(own));
        self
    }

    /// Which functions are traced, over `TRACED_FILTER`, in the words of [`set_filter`](crate::set_filter).
    pub fn filter(mut self, directives: impl Into<String>) -> Builder {
        self.filter = Some(directives.into());
        self
    }

    /// How the context travels between processes, over `OTEL_PROPAGATORS`: a propagator of
    /// [`propagation`](crate::propagation), such as [`from_names`](crate::propagation::from_names) makes, or another.
    pub fn propagator(
        mut self,
        propagator: impl TextMapPropagator + Send + Sync + 'static,
    ) -> Builder {
        self.propagator = Some(Box::new(propagator));
        self
    }

    /// How long the end of the [`Guard`] waits for the collector; 5 seconds unless said otherwise. Logs take half of it at most.
    pub fn shutdown_timeout(mut self, limit: Duration) -> Builder {
        self.limit = limit;
        self
    }

    /// Sets up tracing.
    ///
    /// # Errors
    ///
    /// Those of [`init`](crate::init()), and a value that a method was given is not valid.
    pub fn init(mut self) -> Result<Guard, InitError> {
        let claim = Claim::take()?;
        let filter = self.chosen_filter()?;
        let propagator = self.chosen_propagator()?;
        let exporters = self.chosen_exporters()?;
        #[cfg(feature = "logs")]
        let logs = logs::Exporter::from_environment(
            #[cfg(feature = "otlp")]
            &self.otlp,
        )?;
        let settings = Settings {
            resource: resource::resource(self.attributes)?,
            sampling: match self.sampling {
                Some(sampling) => Some(sampling),
                None => sampler::from_environment()?,
            },
            limits: Limits::from_environment()?,
        };
        #[cfg(feature = "tracing")]
        super::subscriber::install(self.lines)?;
        // From here on nothing fails.
        Signal::Traces.outage().end();
        if let Some(filter) = filter {
            filter::set(filter);
        }
        set_propagator(TextMapCompositePropagator::new(vec![propagator]));
        #[cfg(feature = "logs")]
        let logs = (!logs.is_empty()).then(|| Logs::start(logs, settings.resource.clone()));
        let provider = (!exporters.is_empty()).then(|| Provider::start(exporters, settings));
        match &provider {
            Some(provider) => provider.install(),
            None => site::set_disabled(true),
        }
        Ok(Guard {
            provider,
            #[cfg(feature = "logs")]
            logs,
            limit: self.limit,
            vain: Vain::default(),
            _claim: claim,
        })
    }

    /// The variable's is in force already, if it is valid.
    fn chosen_filter(&self) -> Result<Option<Filter>, InitError> {
        let parse = |value: &str| value.parse::<Filter>().ok();
        let Some(directives) = &self.filter else {
            environment::read(&[filter::VARIABLE], filter::ACCEPTED, parse)?;
            return Ok(None);
        };
        let problem = || format!("is {directives:?}");
        let bad = || InitError::setting("Builder::filter", problem(), filter::ACCEPTED);
        parse(directives).map(Some).ok_or_else(bad)
    }

    fn chosen_propagator(&mut self) -> Result<Propagator, InitError> {
        match self.propagator.take() {
            Some(propagator) => Ok(propagator),
            None => Ok(Box::new(propagators::from_environment()?)),
        }
    }

    fn chosen_exporters(&mut self) -> Result<Vec<Exporter>, InitError> {
        if self.exporters.is_empty() {
            return Exporter::from_environment(
                #[cfg(feature = "otlp")]
                &self.otlp,
            );
        }
        let own = mem::take(&mut self.exporters);
        Ok(if destination::is_disabled()? {
            Vec::new()
        } else {
            own
        })
    }
}

/// Where and how spans and log records are sent over OTLP, over `OTEL_EXPORTER_OTLP_*`.
#[cfg(feature = "otlp")]
impl Builder {
    /// The URL of the collector for all signals, as `OTEL_EXPORTER_OTLP_ENDPOINT` has it: over HTTP `/v1/traces` is added to it.
    ///
    /// # Example
    ///
    /// ```no_run
    /// let _guard = traced::builder()
    ///     .endpoint("https://collector.example:4317")
    ///     .protocol(traced::Protocol::Grpc)
    ///     .header("api-key", std::fs::read_to_string("/run/secrets/api-key")?.trim())
    ///     .init()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn endpoint(mut self, url: impl Into<String>) -> Builder {
        self.otlp.endpoint = Some(url.into());
        self
    }

    /// A header of each request, over one of the same name in `OTEL_EXPORTER_OTLP_HEADERS`.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Builder {
        self.otlp.headers.push((name.into(), value.into()));
        self
    }

    /// The protocol; unset, [`Protocol::Http`].
    pub fn protocol(mut self, protocol: Protocol) -> Builder {
        self.otlp.protocol = Some(protocol);
        self
    }

    /// How long one export may take, with its retries; unset, 10 seconds.
    pub fn timeout(mut self, limit: Duration) -> Builder {
        self.otlp.timeout = Some(limit);
        self
    }
}

#[cfg(feature = "tracing")]
impl Builder {
    /// Writes the log lines as JSON, an object a line.
    ///
    /// It has no effect where the program has a subscriber of its own.
    pub fn json_lines(mut self) -> Builder {
        self.lines.are_json = true;
        self
    }

    /// Puts the attributes that the current span has so far on each log line, beside its name and ids.
    ///
    /// It has no effect where the program has a subscriber of its own: see
    /// [`WithIds::with_span_attributes`](crate::tracing::WithIds::with_span_attributes).
    pub fn span_attributes_on_lines(mut self) -> Builder {
        self.lines.have_span_attributes = true;
        self
    }
}

/// Values may be secrets.
impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").finish_non_exhaustive()
    }
}
