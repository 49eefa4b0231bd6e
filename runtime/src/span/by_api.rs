//! Builds spans of any provider, through the OpenTelemetry API.

use std::borrow::Cow;
use std::mem;
use std::time::{Duration, UNIX_EPOCH};

use opentelemetry::global::{BoxedSpan, BoxedTracer};
use opentelemetry::trace::{
    Span, SpanBuilder, SpanContext, SpanId, TraceContextExt, TraceFlags, Tracer as _,
};
use opentelemetry::{Context, KeyValue};

use crate::attributes::Attributes;
use crate::baggage;
#[cfg(feature = "tracing")]
use crate::describe;
use crate::span::active::Active;
use crate::span::in_context::Ownership;
use crate::span::setup::{Called, Setup};

/// Builds a span that starts at `now`, in nanoseconds since the epoch. Returns `None` if the
/// provider has no span to give.
pub(super) fn start(
    tracer: &BoxedTracer,
    setup: &mut Setup,
    called: &Called<'_>,
    now: u64,
) -> Option<Active> {
    let Called { site, function, .. } = *called;
    let names = site.names(function);
    let name = setup.name.take().unwrap_or(Cow::Borrowed(names.span));
    #[cfg(feature = "tracing")]
    let told = describe::is_wanted().then(|| name.clone());
    let links = mem::take(&mut setup.links);
    let builder = SpanBuilder {
        span_kind: Some(site.span_kind().clone()),
        name,
        start_time: Some(UNIX_EPOCH + Duration::from_nanos(now)),
        attributes: Some(first_attributes(&setup.parent, called, names.function)),
        links: (!links.is_empty()).then_some(links),
        ..SpanBuilder::default()
    };
    let mut span = build(tracer, builder, setup);
    let parent = &setup.parent;
    let above = parent.span().span_context().span_id();
    if !span.is_recording() {
        let context = unrecorded(span.span_context(), parent)?;
        let ownership = Ownership::Unrecorded;
        return Some(Active::in_context(site, context, above, ownership));
    }
    if let Some(attributes) = called.attributes {
        Attributes::record(&mut span, site, attributes);
    }
    #[cfg(feature = "tracing")]
    let context = describe::with_span(parent, span, told);
    #[cfg(not(feature = "tracing"))]
    let context = parent.with_span(span);
    Some(Active::in_context(site, context, above, Ownership::Own))
}

/// Returns the attributes that the sampler sees.
fn first_attributes(
    parent: &Context,
    called: &Called<'_>,
    function: &'static str,
) -> Vec<KeyValue> {
    let mut attributes = Vec::with_capacity(8);
    called.site.add_code_attributes(function, &mut attributes);
    if baggage::is_copied() {
        attributes.extend(baggage::copied(parent));
    }
    attributes
}

fn build(tracer: &BoxedTracer, builder: SpanBuilder, setup: &Setup) -> BoxedSpan {
    if setup.is_root {
        // `Sampler::ParentBased` would take an empty span for a parent that was not sampled.
        tracer.build_with_context(builder, &Context::new())
    } else {
        tracer.build_with_context(builder, &setup.parent)
    }
}

/// Returns `parent` with the span that the provider answered with, which is not recorded. Spans
/// below it, here and in other processes, must know of it. Returns `None` if the provider did not
/// answer with a span of its own.
pub(crate) fn unrecorded(answer: &SpanContext, parent: &Context) -> Option<Context> {
    let above = parent.span().span_context().span_id();
    if is_no_answer(answer, above) {
        return None;
    }
    Some(parent.with_remote_span_context(keep_random(answer, parent)))
}

/// Returns the span's context with the random flag of its parent, which belongs to the trace by
/// [W3C](https://www.w3.org/TR/trace-context-2/#random-trace-id-flag). The SDK's provider clears
/// that flag where nothing is recorded.
fn keep_random(span: &SpanContext, parent: &Context) -> SpanContext {
    const RANDOM: TraceFlags = TraceFlags::new(0x02);
    let parent = parent.span();
    let random = match parent.span_context() {
        parent if parent.trace_id() == span.trace_id() => parent.trace_flags() & RANDOM,
        _ => TraceFlags::default(),
    };
    SpanContext::new(
        span.trace_id(),
        span.span_id(),
        span.trace_flags() | random,
        span.is_remote(),
        span.trace_state().clone(),
    )
}

/// Returns `true` if a provider answered without a span, or with the parent's span. Providers that
/// are no-ops or were shut down do so.
fn is_no_answer(answer: &SpanContext, parent: SpanId) -> bool {
    !answer.is_valid() || answer.span_id() == parent
}
