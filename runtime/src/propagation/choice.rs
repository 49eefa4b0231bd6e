//! Holds the propagator that is in use.

use std::fmt;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use opentelemetry::propagation::text_map_propagator::FieldIter;
use opentelemetry::propagation::{
    Extractor, Injector, TextMapCompositePropagator, TextMapPropagator,
};
use opentelemetry::{Context, global};

use super::{Baggage, TraceContext};

type Shared = Arc<dyn TextMapPropagator + Send + Sync>;

static CHOICE: LazyLock<RwLock<Shared>> = LazyLock::new(|| {
    let standard = TextMapCompositePropagator::new(vec![Box::new(TraceContext), Box::new(Baggage)]);
    RwLock::new(Arc::new(standard))
});

/// Sets the propagator of this crate and OpenTelemetry's global one, so that all code in the
/// process sends the same headers.
///
/// By default this crate uses [`TraceContext`] and [`Baggage`], while OpenTelemetry's global
/// propagator does nothing. This crate does not use a propagator that was set with
/// [`opentelemetry::global::set_text_map_propagator`] alone.
///
/// # Example
///
/// ```
/// use traced::propagation::{from_names, set_propagator};
///
/// set_propagator(from_names("tracecontext,baggage,b3")?);
/// # Ok::<(), traced::propagation::UnknownPropagator>(())
/// ```
pub fn set_propagator(propagator: impl TextMapPropagator + Send + Sync + 'static) {
    let propagator: Shared = Arc::new(propagator);
    global::set_text_map_propagator(Global(Arc::clone(&propagator)));
    let mut choice = CHOICE.write().unwrap_or_else(PoisonError::into_inner);
    let replaced = std::mem::replace(&mut *choice, propagator);
    drop(choice);
    drop(replaced);
}

/// Returns a handle to the propagator in use. The lock is not held while the propagator runs, since
/// it may be foreign code, and calls carriers, which may be foreign too.
pub(super) fn propagator() -> Shared {
    Arc::clone(&CHOICE.read().unwrap_or_else(PoisonError::into_inner))
}

/// The propagator of this crate, as OpenTelemetry's global one.
struct Global(Shared);

impl fmt::Debug for Global {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TextMapPropagator for Global {
    fn inject_context(&self, context: &Context, injector: &mut dyn Injector) {
        self.0.inject_context(context, injector);
    }

    fn extract_with_context(&self, context: &Context, extractor: &dyn Extractor) -> Context {
        self.0.extract_with_context(context, extractor)
    }

    fn fields(&self) -> FieldIter<'_> {
        self.0.fields()
    }
}
