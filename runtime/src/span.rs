//! The life of a span: from a call site to a context that holds it, and to its end.

use std::any::{Any, type_name};
use std::borrow::Cow;

use opentelemetry::trace::{
    Span, SpanBuilder, SpanContext, SpanId, Status, TraceContextExt, Tracer,
};
use opentelemetry::{Context, ContextGuard, KeyValue, time};

use crate::attributes::Attributes;
use crate::carrier::Carrier;
use crate::exception;
use crate::failure::Failure;
use crate::local::{self, Local};
use crate::provider::{self, Tracers};
use crate::site::CallSite;
use crate::unwind::contained;

/// A span that was started, or none: where nothing listens, and below a parent that is not recorded.
#[must_use]
pub struct Started(pub(crate) Option<Active>);

/// Starts a span whose name and parent are the usual ones.
#[inline]
pub fn start<A: Fn(&mut Attributes)>(site: &'static CallSite, attributes: A) -> Started {
    if provider::is_silent() {
        return Started(None);
    }
    Started(start_current(site, type_name::<A>(), &attributes))
}

/// Starts a span whose name or parent are found at run time.
#[inline]
pub fn start_with<A: Fn(&mut Attributes)>(
    site: &'static CallSite,
    setup: impl Fn(&mut Setup),
    attributes: A,
) -> Started {
    if provider::is_silent() {
        return Started(None);
    }
    Started(start_custom(site, type_name::<A>(), &setup, &attributes))
}

/// What is evaluated before a span starts.
pub struct Setup {
    parent: Context,
    name: Option<Cow<'static, str>>,
}

impl Setup {
    /// The option `parent`.
    pub fn parent(&mut self, parent: &impl Carrier) {
        if let Some(parent) = parent.context(&self.parent) {
            self.parent = parent;
        }
    }

    /// The option `name`, evaluated only if there can be a span.
    pub fn name<N: Into<Cow<'static, str>>>(&mut self, name: impl FnOnce() -> N) {
        if !declines(&self.parent) {
            self.name = Some(name().into());
        }
    }
}

#[inline(never)]
fn start_current(
    site: &'static CallSite,
    function: &'static str,
    attributes: &dyn Fn(&mut Attributes),
) -> Option<Active> {
    local::with(|local| {
        let parent = Context::map_current(|current| (!declines(current)).then(|| current.clone()))?;
        build(local, site, function, &parent, None, attributes)
    })
}

#[inline(never)]
fn start_custom(
    site: &'static CallSite,
    function: &'static str,
    setup: &dyn Fn(&mut Setup),
    attributes: &dyn Fn(&mut Attributes),
) -> Option<Active> {
    local::with(|local| {
        let mut found = Setup {
            parent: Context::current(),
            name: None,
        };
        // An expression that panics leaves what it was to set as if it were absent.
        contained(|| setup(&mut found));
        let Setup { parent, name } = found;
        if declines(&parent) {
            return None;
        }
        build(local, site, function, &parent, name, attributes)
    })
}

/// Whether nothing below this context can be recorded: telemetry is suppressed, or its span is of this process and is
/// neither sampled nor recording. A remote one goes to the provider, whose sampler may want it all the same.
fn declines(context: &Context) -> bool {
    let span = context.span();
    let parent = span.span_context();
    context.is_telemetry_suppressed()
        || (parent.is_valid()
            && !parent.is_remote()
            && !parent.is_sampled()
            && !span.is_recording())
}

fn build(
    local: &Local,
    site: &'static CallSite,
    function: &'static str,
    parent: &Context,
    name: Option<Cow<'static, str>>,
    attributes: &dyn Fn(&mut Attributes),
) -> Option<Active> {
    local.tracers.refresh();
    let now = time::now();
    let builder = SpanBuilder {
        span_kind: Some(site.span_kind().clone()),
        name: name.unwrap_or(Cow::Borrowed(site.name())),
        start_time: Some(now),
        attributes: Some(code_attributes(site, function)),
        ..SpanBuilder::default()
    };
    let tracer = local.tracers.get(site, now);
    let mut span = tracer.tracer.build_with_context(builder, parent);
    let above = parent.span().span_context().clone();
    let recording = span.is_recording();
    if !recording && is_no_answer(span.span_context(), &above) {
        local.tracers.heard_nothing();
        return None;
    }
    Tracers::heard_something();
    let context = if recording {
        Attributes::record(&mut span, attributes);
        parent.with_span(span)
    } else {
        // Not sampled: what is below, here and behind the next propagator, must know.
        parent.with_remote_span_context(span.span_context().clone())
    };
    Some(Active {
        site,
        context,
        parent: above.span_id(),
    })
}

/// A no-op provider, and one that was shut down, answer with no span or with the parent's own.
fn is_no_answer(answer: &SpanContext, parent: &SpanContext) -> bool {
    !answer.is_valid() || answer.span_id() == parent.span_id()
}

/// Where the function stands, by the semantic conventions for code; room for a few attributes more.
fn code_attributes(site: &CallSite, function: &'static str) -> Vec<KeyValue> {
    let mut attributes = Vec::with_capacity(8);
    let line = i64::from(site.location().line());
    attributes.push(KeyValue::new(
        "code.function.name",
        site.function_name(function),
    ));
    attributes.push(KeyValue::new("code.file.path", site.location().file()));
    attributes.push(KeyValue::new("code.line.number", line));
    attributes
}

/// A started span in its context.
pub(crate) struct Active {
    site: &'static CallSite,
    context: Context,
    /// The span above; invalid for a root.
    parent: SpanId,
}

impl Active {
    /// Makes the span current until the guard is dropped.
    ///
    /// `None` inside a closure given to `Context::map_current`, where OpenTelemetry panics at every attempt.
    pub(crate) fn attach(&self) -> Option<ContextGuard> {
        let context = self.context.clone();
        contained(|| context.attach())
    }

    /// The function returned.
    pub(crate) fn returned(self, failure: Option<Failure<'_>>) {
        match failure {
            Some(failure) => self.fail(&failure),
            None if self.site.success_is_ok() => self.context.span().set_status(Status::Ok),
            None => {}
        }
        self.end();
    }

    /// The function panicked.
    pub(crate) fn panicked(self, payload: Option<&(dyn Any + Send)>) {
        let message = payload.and_then(|payload| {
            let text = payload.downcast_ref::<String>().map(String::as_str);
            text.or_else(|| payload.downcast_ref::<&str>().copied())
        });
        self.fail(&Failure::panic(message.as_ref()));
        self.end();
    }

    /// The function's future was dropped before it was ready.
    pub(crate) fn cancelled(self) {
        self.context
            .span()
            .set_attribute(KeyValue::new("traced.cancelled", true));
        self.end();
    }

    /// The function ended, in a way of which nothing is known.
    pub(crate) fn end(self) {
        self.context.span().end();
    }

    fn fail(&self, failure: &Failure<'_>) {
        let span = self.context.span();
        if span.is_recording() {
            exception::fail(&span, self.parent, failure);
        }
    }
}
