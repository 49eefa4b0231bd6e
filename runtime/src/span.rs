//! The life of a span: from a call site to a context that holds it, and to its end.

use std::any::{Any, type_name};
use std::borrow::Cow;

use opentelemetry::trace::{
    Link, Span, SpanBuilder, SpanContext, SpanId, Status, TraceContextExt, Tracer,
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
    if is_skipped(site) {
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
    if is_skipped(site) {
        return Started(None);
    }
    Started(start_custom(site, type_name::<A>(), &setup, &attributes))
}

/// Takes the current span for the function's own, as the option `current` asks.
#[inline]
pub fn current<A: Fn(&mut Attributes)>(site: &'static CallSite, attributes: A) -> Started {
    if site.is_on() == Some(false) {
        return Started(None);
    }
    Started(take_current(site, type_name::<A>(), &attributes))
}

/// What is evaluated before a span starts.
pub struct Setup {
    parent: Context,
    name: Option<Cow<'static, str>>,
    links: Vec<Link>,
}

impl Setup {
    fn below(parent: Context) -> Setup {
        Setup {
            parent,
            name: None,
            links: Vec::new(),
        }
    }

    /// The option `parent`.
    pub fn parent(&mut self, parent: &impl Carrier) {
        if let Some(parent) = parent.context(&self.parent) {
            self.parent = parent;
        }
    }

    /// The option `root`.
    pub fn root(&mut self) {
        self.parent = self
            .parent
            .with_remote_span_context(SpanContext::empty_context());
    }

    /// The option `root(link)`.
    pub fn linked_root(&mut self) {
        let current = self.parent.span().span_context().clone();
        self.root();
        self.link(current);
    }

    /// The option `links`, evaluated only if there can be a span.
    pub fn links<L: IntoIterator<Item: Carrier>>(&mut self, links: impl FnOnce() -> L) {
        if declines(&self.parent) {
            return;
        }
        for carrier in links() {
            if let Some(context) = carrier.context(&self.parent) {
                self.link(context.span().span_context().clone());
            }
        }
    }

    fn link(&mut self, span: SpanContext) {
        if span.is_valid() {
            self.links.push(Link::with_context(span));
        }
    }

    /// The option `name`, evaluated only if there can be a span.
    pub fn name<N: Into<Cow<'static, str>>>(&mut self, name: impl FnOnce() -> N) {
        if !declines(&self.parent) {
            self.name = Some(name().into());
        }
    }
}

/// Whether a call opens no span for a reason that has nothing to do with its context, as far as can be told at once.
#[inline]
fn is_skipped(site: &'static CallSite) -> bool {
    match site.is_on() {
        Some(true) => provider::is_silent(),
        Some(false) => true,
        None => false,
    }
}

/// The same, for a call site of which more must be known.
fn is_filtered(site: &'static CallSite, function: &'static str) -> bool {
    site.is_on().is_none() && (site.is_filtered(function) || provider::is_silent())
}

#[inline(never)]
fn take_current(
    site: &'static CallSite,
    function: &'static str,
    attributes: &dyn Fn(&mut Attributes),
) -> Option<Active> {
    if is_filtered(site, function) {
        return None;
    }
    let context = local::with(|_| Some(Context::current()))?;
    let mut span = context.span();
    if !span.is_recording() {
        return None;
    }
    Attributes::record(&mut span, attributes);
    let parent = span.span_context().span_id();
    Some(Active {
        site,
        context,
        parent,
        is_own: false,
    })
}

#[inline(never)]
fn start_current(
    site: &'static CallSite,
    function: &'static str,
    attributes: &dyn Fn(&mut Attributes),
) -> Option<Active> {
    if is_filtered(site, function) {
        return None;
    }
    local::with(|local| {
        let parent = Context::map_current(|current| (!declines(current)).then(|| current.clone()))?;
        let setup = Setup::below(parent);
        build(local, site, function, setup, attributes)
    })
}

#[inline(never)]
fn start_custom(
    site: &'static CallSite,
    function: &'static str,
    setup: &dyn Fn(&mut Setup),
    attributes: &dyn Fn(&mut Attributes),
) -> Option<Active> {
    if is_filtered(site, function) {
        return None;
    }
    local::with(|local| {
        let mut found = Setup::below(Context::current());
        // An expression that panics leaves what it was to set as if it were absent.
        contained(|| setup(&mut found));
        if declines(&found.parent) {
            return None;
        }
        build(local, site, function, found, attributes)
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
    setup: Setup,
    attributes: &dyn Fn(&mut Attributes),
) -> Option<Active> {
    let Setup {
        parent,
        name,
        links,
    } = setup;
    local.tracers.refresh();
    let now = time::now();
    let builder = SpanBuilder {
        span_kind: Some(site.span_kind().clone()),
        name: name.unwrap_or(Cow::Borrowed(site.name())),
        start_time: Some(now),
        attributes: Some(code_attributes(site, function)),
        links: (!links.is_empty()).then_some(links),
        ..SpanBuilder::default()
    };
    let tracer = local.tracers.get(site, now);
    let mut span = tracer.tracer.build_with_context(builder, &parent);
    let above = parent.span().span_context().span_id();
    let recording = span.is_recording();
    if !recording && is_no_answer(span.span_context(), above) {
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
        parent: above,
        is_own: true,
    })
}

/// A no-op provider, and one that was shut down, answer with no span or with the parent's own.
fn is_no_answer(answer: &SpanContext, parent: SpanId) -> bool {
    !answer.is_valid() || answer.span_id() == parent
}

/// Where the function stands, by the semantic conventions for code; room for a few attributes more.
fn code_attributes(site: &CallSite, function: &'static str) -> Vec<KeyValue> {
    let mut attributes = Vec::with_capacity(8);
    let line = i64::from(site.line());
    attributes.push(KeyValue::new(
        "code.function.name",
        site.function_name(function),
    ));
    attributes.push(KeyValue::new("code.file.path", site.file()));
    attributes.push(KeyValue::new("code.line.number", line));
    attributes
}

/// A started span in its context.
pub struct Active {
    site: &'static CallSite,
    context: Context,
    /// The span above, invalid for a root; for a span that is not the function's own, that span.
    parent: SpanId,
    /// Whether the function opened the span, and so ends it.
    is_own: bool,
}

impl Active {
    /// Makes the span current until the guard is dropped.
    ///
    /// `None` inside a closure given to `Context::map_current`, where OpenTelemetry panics at every attempt.
    pub(crate) fn attach(&self) -> Option<ContextGuard> {
        let context = self.context.clone();
        contained(|| context.attach())
    }

    /// The function returned; `outcome` looks at what, and is asked only if that is recorded.
    pub(crate) fn returned<'a>(self, outcome: &dyn Fn(&mut Attributes<'_>) -> Option<Failure<'a>>) {
        let failed = self.passed(outcome);
        if !failed && self.site.success_is_ok() {
            self.context.span().set_status(Status::Ok);
        }
        self.end();
    }

    /// A value was passed on; whether that was a failure.
    pub(crate) fn passed<'a>(
        &self,
        outcome: &dyn Fn(&mut Attributes<'_>) -> Option<Failure<'a>>,
    ) -> bool {
        let mut span = self.context.span();
        if !span.is_recording() {
            return false;
        }
        let failure = contained(|| outcome(&mut Attributes::of(&mut span))).flatten();
        if let Some(failure) = &failure {
            exception::fail(&span, self.parent, failure);
        }
        failure.is_some()
    }

    /// The function panicked.
    pub(crate) fn panicked(self, payload: Option<&(dyn Any + Send)>) {
        let message = payload.and_then(|payload| {
            let text = payload.downcast_ref::<String>().map(String::as_str);
            text.or_else(|| payload.downcast_ref::<&str>().copied())
        });
        let span = self.context.span();
        if span.is_recording() {
            exception::fail(&span, self.parent, &Failure::panic(message.as_ref()));
        }
        self.end();
    }

    /// The function's future was dropped before it was ready.
    pub(crate) fn cancelled(self) {
        if self.is_own {
            let cancelled = KeyValue::new("traced.cancelled", true);
            self.context.span().set_attribute(cancelled);
        }
        self.end();
    }

    /// The function ended, in a way of which nothing is known.
    pub(crate) fn end(self) {
        if self.is_own {
            self.context.span().end();
        }
    }
}
