//! Set-up with what the program itself knows.

use std::time::Duration;

use opentelemetry::{Key, KeyValue, Value};

use super::error::InitError;
use super::guard::{Claim, Guard};
use super::limits::Limits;
#[cfg(feature = "logs")]
use super::logs::{self, Logs};
use super::propagators::Propagators;
use super::provider::{Exporter, Provider, Settings};
use super::sampler::{self, Sampling};
use super::signal::Signal;
use super::{environment, resource};
use crate::filter::{self, Filter};
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
    }
}

/// See [`builder`].
#[derive(Debug)]
#[must_use = "nothing is set up before `init` is called"]
pub struct Builder {
    attributes: Vec<KeyValue>,
    sampling: Option<Sampling>,
    limit: Duration,
}

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

    /// How long the end of the [`Guard`] waits for the collector; 5 seconds unless said otherwise. Logs take half of it at most.
    pub fn shutdown_timeout(mut self, limit: Duration) -> Builder {
        self.limit = limit;
        self
    }

    /// Sets up tracing.
    ///
    /// # Errors
    ///
    /// Those of [`init`](crate::init()).
    pub fn init(self) -> Result<Guard, InitError> {
        let claim = Claim::take()?;
        check_filter()?;
        let propagators = Propagators::from_environment()?;
        let settings = Settings {
            resource: resource::resource(self.attributes)?,
            sampling: match self.sampling {
                Some(sampling) => Some(sampling),
                None => sampler::from_environment()?,
            },
            limits: Limits::from_environment()?,
        };
        let exporter = Exporter::from_environment()?;
        #[cfg(feature = "logs")]
        let logs = logs::Exporter::from_environment()?;
        #[cfg(feature = "tracing")]
        super::subscriber::install()?;
        // From here on nothing fails.
        Signal::Traces.outage().end();
        propagators.install();
        #[cfg(feature = "logs")]
        let logs = logs.map(|exporter| Logs::start(exporter, settings.resource.clone()));
        let provider = exporter.map(|exporter| Provider::start(exporter, settings));
        match &provider {
            Some(provider) => provider.install(),
            None => site::set_disabled(true),
        }
        Ok(Guard {
            provider,
            #[cfg(feature = "logs")]
            logs,
            limit: self.limit,
            _claim: claim,
        })
    }
}

fn check_filter() -> Result<(), InitError> {
    let parse = |value: &str| value.parse::<Filter>().ok();
    environment::read(&[filter::VARIABLE], filter::ACCEPTED, parse)?;
    Ok(())
}
