//! Keeps captures apart.
//!
//! Tests of one process run in parallel, but OpenTelemetry has one global tracer provider. So a
//! test process gets a provider that records nothing itself. It looks for a
//! [`Capture`](super::Capture) in the context that a span starts in, and passes the span on to the
//! provider of that capture. Each capture has its own provider of the SDK, with a processor that
//! keeps all spans.
//!
//! Because the capture is an entry of the context, it follows the code of a test wherever the
//! context goes: to new roots, and through `traced::context` to threads and tasks. Spans that start
//! outside of any capture go to a provider that was shut down.
//!
//! Another part of the program may set a global provider at any time. So each use of a capture
//! first starts a span, to find out whether that span comes here. It does this with telemetry
//! suppressed, so another provider does not record the span.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use opentelemetry::trace::{SpanBuilder, Tracer, TracerProvider};
use opentelemetry::{Context, InstrumentationScope, global};
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider, Span};

use crate::ambient;
use crate::site;

/// Finds the provider of the capture in a context, if there is one.
type Find = fn(&Context) -> Option<SdkTracerProvider>;

/// Installs the router as the global provider, unless it is installed already.
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

/// Returns `true` if spans of the global provider come to the router.
fn is_installed() -> bool {
    let probe = Probe::default();
    // Another provider must not record the probe.
    let _unseen = Context::enter_telemetry_suppressed_scope();
    let context = Context::current_with_value(probe.clone());
    let span = SpanBuilder::from_name("is the provider of `traced::testing` installed?");
    drop(global::tracer("traced.testing").build_with_context(span, &context));
    probe.0.load(Ordering::Relaxed)
}

/// A context entry that notes whether a span came to the router.
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
        // Code may start a span in a new context, which has no capture. In that case, the capture
        // in the current context counts.
        match (self.find)(parent).or_else(|| ambient::look(self.find)?) {
            Some(capturing) => capturing
                .tracer_with_scope(self.scope.clone())
                .build_with_context(builder, parent),
            None => self.nowhere.build_with_context(builder, parent),
        }
    }
}
