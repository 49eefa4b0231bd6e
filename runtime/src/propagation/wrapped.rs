//! Carriers for everything that implements OpenTelemetry's own traits.

use std::fmt;

use opentelemetry::Context;
use opentelemetry::propagation::{Extractor, Injector};

use super::{CarrierMut, choice};
use crate::carrier::Carrier;

/// Turns any [`Extractor`] into a [`Carrier`].
///
/// Repeated headers are seen if the extractor implements `get_all`. What `get_all` allocates is not
/// limited.
///
/// # Example
///
/// ```
/// use opentelemetry::propagation::Extractor;
/// use traced::propagation::from_extractor;
/// use traced::traced;
///
/// #[traced(kind = consumer, parent = from_extractor(message))]
/// fn receive(message: &impl Extractor) {}
/// # receive(&std::collections::HashMap::<String, String>::new());
/// ```
#[must_use]
pub fn from_extractor(extractor: &dyn Extractor) -> FromExtractor<'_> {
    FromExtractor(extractor)
}

/// The carrier that [`from_extractor`] returns.
#[derive(Clone, Copy)]
pub struct FromExtractor<'a>(&'a dyn Extractor);

impl Carrier for FromExtractor<'_> {
    fn context(&self, current: &Context) -> Option<Context> {
        Some(choice::propagator().extract_with_context(current, self.0))
    }
}

impl fmt::Debug for FromExtractor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FromExtractor")
    }
}

/// Turns any [`Injector`] into a [`CarrierMut`]. An injector cannot remove headers, so headers that
/// are left over from another trace stay unless they are overwritten.
///
/// # Example
///
/// ```
/// use opentelemetry::propagation::Injector;
/// use traced::propagation::{inject, to_injector};
///
/// fn send(message: &mut impl Injector) {
///     inject(&mut to_injector(message));
/// }
/// # send(&mut std::collections::HashMap::<String, String>::new());
/// ```
#[must_use]
pub fn to_injector(injector: &mut dyn Injector) -> ToInjector<'_> {
    ToInjector(injector)
}

/// The carrier that [`to_injector`] returns.
pub struct ToInjector<'a>(&'a mut dyn Injector);

impl CarrierMut for ToInjector<'_> {
    fn set(&mut self, name: &str, value: String) {
        self.0.set(name, value);
    }

    fn remove(&mut self, _name: &str) {}
}

impl fmt::Debug for ToInjector<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ToInjector")
    }
}
