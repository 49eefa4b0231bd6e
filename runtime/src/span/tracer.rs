//! A tracer, and the clock of its spans.

use std::rc::Rc;
use std::time::UNIX_EPOCH;

use opentelemetry::global::{self, BoxedTracer};
use opentelemetry::{InstrumentationScope, time};

use crate::span::native::NativeTracer;

/// A tracer of the global provider, or a tracer of our own provider that was found behind it.
#[derive(Clone)]
pub(super) enum Tracer {
    Api(Rc<BoxedTracer>),
    Native(NativeTracer),
}

impl Tracer {
    /// Asks the global provider for a tracer. This runs foreign code.
    pub(super) fn of(scope: InstrumentationScope) -> Tracer {
        match NativeTracer::behind(|| global::tracer_with_scope(scope)) {
            Ok(native) => Tracer::Native(native),
            Err(boxed) => Tracer::Api(Rc::new(boxed)),
        }
    }

    /// Returns the age at which a tracer is renewed, in case another provider was set without this
    /// crate: one second, by the clock of its spans.
    #[inline]
    pub(super) fn max_age(&self) -> u64 {
        match self {
            Tracer::Api(_) => 1_000_000_000,
            Tracer::Native(tracer) => tracer.second(),
        }
    }

    /// Returns the present time, by the clock of its spans: in nanoseconds since the epoch, or in
    /// ticks.
    #[inline]
    pub(super) fn now(&self) -> u64 {
        match self {
            Tracer::Api(_) => {
                let since = time::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                u64::try_from(since.as_nanos()).unwrap_or_default()
            }
            Tracer::Native(tracer) => tracer.now(),
        }
    }
}
