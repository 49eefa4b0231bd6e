//! The one tracer provider of a test process: it sends each span to the capture that its context is in.

use std::sync::Once;

use opentelemetry::trace::{SpanBuilder, Tracer, TracerProvider};
use opentelemetry::{Context, InstrumentationScope};
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider, Span};

use super::Capture;
use crate::ambient;

/// Installs the provider, once.
pub(super) fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let nowhere = SdkTracerProvider::builder().build();
        // A provider that was shut down makes spans that record nothing.
        let _ = nowhere.shutdown();
        crate::set_tracer_provider(Router { nowhere });
    });
}

struct Router {
    nowhere: SdkTracerProvider,
}

impl TracerProvider for Router {
    type Tracer = RoutingTracer;

    fn tracer_with_scope(&self, scope: InstrumentationScope) -> RoutingTracer {
        RoutingTracer {
            nowhere: self.nowhere.tracer_with_scope(scope.clone()),
            scope,
        }
    }
}

struct RoutingTracer {
    nowhere: SdkTracer,
    scope: InstrumentationScope,
}

impl Tracer for RoutingTracer {
    type Span = Span;

    fn build_with_context(&self, builder: SpanBuilder, parent: &Context) -> Span {
        match capture(parent) {
            Some(capture) => capture
                .tracer(self.scope.clone())
                .build_with_context(builder, parent),
            None => self.nowhere.build_with_context(builder, parent),
        }
    }
}

/// The capture of `parent`; if it has none, because someone made a context from nothing, that of the current context.
fn capture(parent: &Context) -> Option<Capture> {
    let given = parent.get::<Capture>().cloned();
    given.or_else(|| ambient::look(|current| current.get::<Capture>().cloned())?)
}
