//! Sets up tracing, from the settings of the program and of the environment.

use std::mem;

use opentelemetry::propagation::TextMapCompositePropagator;

use super::builder::{Builder, Propagator};
use super::error::InitError;
use super::guard::{Claim, Guard, Vain};
use super::limits;
#[cfg(feature = "logs")]
use super::logs::{self, Logs};
use super::provider::{Exporter, Provider, Settings};
use super::sampler;
use super::signal::Signal;
use super::{destination, environment, propagators, resource};
use crate::propagation::set_propagator;
use crate::site;
use crate::site::filter::{self, Filter};

impl Builder {
    /// Sets up tracing.
    ///
    /// # Errors
    ///
    /// Returns an error if [`init`](crate::init()) would, or if a method of this builder was given
    /// an invalid value.
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
        let settings = self.chosen_settings()?;
        #[cfg(feature = "tracing")]
        super::subscriber::install(self.lines)?;
        // Nothing fails from here on.
        Signal::Traces.outage().end();
        if let Some(filter) = filter {
            site::use_filter(filter);
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

    /// Returns the filter that the program has set, or `None` if it has not set one. In that case,
    /// `TRACED_FILTER` is only checked: if it is valid, it is the current filter already.
    fn chosen_filter(&self) -> Result<Option<Filter>, InitError> {
        let parse = |value: &str| value.parse::<Filter>().ok();
        let Some(directives) = &self.filter else {
            environment::read(&[filter::VARIABLE], filter::ACCEPTED, parse)?;
            return Ok(None);
        };
        let problem = || format!("is {directives:?}");
        let bad = || InitError::argument("Builder::with_filter", problem(), filter::ACCEPTED);
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

    fn chosen_settings(&mut self) -> Result<Settings, InitError> {
        let attributes = mem::take(&mut self.attributes);
        Ok(Settings {
            resource: resource::resource(attributes)?,
            sampling: match self.sampling.take() {
                Some(sampling) => Some(sampling),
                None => sampler::from_environment()?,
            },
            limits: limits::from_environment()?,
        })
    }
}
