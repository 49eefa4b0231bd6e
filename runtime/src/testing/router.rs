//! The tracer provider of a test process. It sends each span to the capture in its context.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use opentelemetry::trace::{SpanBuilder, Tracer, TracerProvider};
use opentelemetry::{Context, InstrumentationScope, global};
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider, Span};

use crate::ambient;
use crate::site;

/// Finds the provider of the capture in a context.
type Find = fn(&Context) -> Option<SdkTracerProvider>;

/// Installs the provider, unless it is the global one already.
pub(super) fn install(find: Find) {
    if !is_installed() {
        let nowhere = SdkTracerProvider::builder().build();
        // The spans of a provider that was shut down record nothing.
        let _ = nowhere.shutdown();
        crate::span::tracers::set_tracer_provider(Router { nowhere, find });
    }
    // An `init` that exports nothing sets no provider, but it disables all call sites.
    site::set_disabled(false);
}

/// Returns `true` if a span of the global provider would come here.
fn is_installed() -> bool {
    let probe = Probe::default();
    // Another provider must not record the probe.
    let _unseen = Context::enter_telemetry_suppressed_scope();
    let context = Context::current_with_value(probe.clone());
    let span = SpanBuilder::from_name("is the provider of `traced::testing` installed?");
    drop(global::tracer("traced.testing").build_with_context(span, &context));
    probe.0.load(Ordering::Relaxed)
}

/// A context entry that tells whether a span came here.
#[derive(Clone, Default)]
struct Probe(Arc<AtomicBool>);

struct Router {
    nowhere: SdkTracerProvider,
    find: Find,
}

impl TracerProvider for Router {
    type Tracer = RoutingTracer;

    fn tracer_with_scope(&self, scope: InstrumentationScope) -> RoutingTracer {
        RoutingTracer {
            nowhere: self.nowhere.tracer_with_scope(scope.clone()),
            find: self.find,
            scope,
        }
    }
}

struct RoutingTracer {
    nowhere: SdkTracer,
    find: Find,
    scope: InstrumentationScope,
}

impl Tracer for RoutingTracer {
    type Span = Span;

    fn build_with_context(&self, builder: SpanBuilder, parent: &Context) -> Span {
        if let Some(Probe(seen)) = parent.get() {
            seen.store(true, Ordering::Relaxed);
            return self.nowhere.build_with_context(builder, parent);
        }
        // Someone may have created a context without a capture. That of the current one counts then.
        match (self.find)(parent).or_else(|| ambient::look(self.find)?) {
            Some(capturing) => capturing
                .tracer_with_scope(self.scope.clone())
                .build_with_context(builder, parent),
            None => self.nowhere.build_with_context(builder, parent),
        }
    }
}
