//! The start of a span: from a call site to a context that holds it.

use std::any::type_name;
use std::borrow::Cow;
use std::mem;
use std::time::{Duration, UNIX_EPOCH};

use opentelemetry::Context;
use opentelemetry::global::BoxedTracer;
use opentelemetry::trace::{
    Span, SpanBuilder, SpanContext, SpanId, TraceContextExt, TraceFlags, Tracer as _,
};

use crate::active::{Active, Hold};
use crate::ambient;
use crate::attributes::Attributes;
use crate::baggage;
#[cfg(feature = "tracing")]
use crate::describe;
use crate::local::{self, Local};
use crate::provider::{self, Tracer, Tracers};
#[cfg(feature = "root")]
use crate::root;
#[cfg(feature = "sdk")]
use crate::sdk;
use crate::setup::{Setup, declines};
use crate::site::CallSite;
use crate::unwind::contained;

/// Whether a span was started, which waits in the thread's state; none is where nothing listens, and below a parent that is
/// not recorded.
#[must_use]
#[derive(Clone, Copy)]
pub struct Started(bool);

impl Started {
    /// Starts a span without attributes, after [`is_skipped_here`] said no; `body` is the type name of the function's body.
    #[inline]
    pub(crate) fn at(site: &'static CallSite, body: &'static str) -> Started {
        Started(start_current(site, body, None))
    }

    /// Asks that first.
    #[inline(never)]
    pub(crate) fn unless_skipped(site: &'static CallSite, body: &'static str) -> Started {
        Started(!is_skipped_here(site) && start_current(site, body, None))
    }

    /// Whether there is no span.
    #[inline]
    pub(crate) fn is_none(self) -> bool {
        !self.0
    }

    /// The span. To be called before another is started.
    #[inline]
    pub(crate) fn take(self) -> Option<Active> {
        if self.is_none() {
            return None;
        }
        local::with(|local| local.started.take())
    }
}

/// Starts a span whose name and parent are the usual ones.
#[inline]
pub fn start<A: Fn(&mut Attributes)>(site: &'static CallSite, attributes: A) -> Started {
    Started(!is_skipped_here(site) && start_below(site, attributes))
}

/// Takes the closure by value, so that it is nowhere but in registers before it is needed.
#[inline]
fn start_below<A: Fn(&mut Attributes)>(site: &'static CallSite, attributes: A) -> bool {
    start_current(site, type_name::<A>(), Some(&attributes))
}

/// Starts a span whose name or links are found at run time.
#[inline]
pub fn start_with<A: Fn(&mut Attributes)>(
    site: &'static CallSite,
    setup: impl Fn(&mut Setup),
    attributes: A,
) -> Started {
    Started(!is_skipped(site) && start_custom(site, type_name::<A>(), true, &setup, &attributes))
}

/// Starts a span elsewhere than below the current one.
///
/// Where no span is opened, the context that it would be in is handed on all the same, so that a trace is not torn.
#[inline]
pub fn start_elsewhere<A: Fn(&mut Attributes)>(
    site: &'static CallSite,
    setup: impl Fn(&mut Setup),
    attributes: A,
) -> Started {
    let can_open = !is_skipped(site);
    Started(start_custom(
        site,
        type_name::<A>(),
        can_open,
        &setup,
        &attributes,
    ))
}

/// Takes the current span for the function's own, as the option `current` asks.
#[inline]
pub fn current<A: Fn(&mut Attributes)>(site: &'static CallSite, attributes: A) -> Started {
    Started(!site.is_off() && take_current(site, type_name::<A>(), &attributes))
}

/// Whether a call opens no span for a reason that has nothing to do with its context, as far as can be told at once.
///
/// This is all that a traced function costs where no provider is installed, or the filter holds it back.
#[inline(never)]
fn is_skipped(site: &'static CallSite) -> bool {
    site.is_off() || (site.is_on() && provider::is_silent())
}

/// The same, and whether the current span is one below which nothing is recorded.
///
/// What is told at once is in line where the optimiser makes little of it.
#[cfg_attr(not(debug_assertions), inline)]
#[cfg_attr(debug_assertions, inline(never))]
pub(crate) fn is_skipped_here(site: &'static CallSite) -> bool {
    (site.is_waiting() && provider::is_silent_so_far()) || site.is_off() || is_declined_here(site)
}

#[inline(never)]
fn is_declined_here(site: &'static CallSite) -> bool {
    site.is_on() && (provider::is_silent() || current_declines())
}

/// Whether nothing is recorded below the current span; nothing is in a thread that is ending.
#[inline(never)]
fn current_declines() -> bool {
    ambient::look(declines) != Some(false)
}

/// Whether this call opens no span, for a call site of which more must be known.
fn is_filtered(site: &'static CallSite, function: &'static str) -> bool {
    site.is_filtered(function) || provider::is_silent()
}

#[inline(never)]
fn take_current(
    site: &'static CallSite,
    function: &'static str,
    attributes: &dyn Fn(&mut Attributes),
) -> bool {
    // Whether the provider is silent does not matter: the span is there, whoever opened it.
    if site.is_filtered(function) {
        return false;
    }
    wait(|_| {
        let context = Context::current();
        let mut span = context.span();
        if !span.is_recording() {
            return None;
        }
        Attributes::record(&mut span, site, attributes);
        let parent = span.span_context().span_id();
        let current = Active::in_context(site, context, parent, Hold::Current);
        Some(current)
    })
}

#[inline(never)]
fn start_current(
    site: &'static CallSite,
    function: &'static str,
    attributes: Option<&dyn Fn(&mut Attributes)>,
) -> bool {
    if !site.is_on() && (is_filtered(site, function) || current_declines()) {
        return false;
    }
    wait(|local| {
        let started = start_here(local, site, function, attributes);
        #[cfg(feature = "root")]
        let started = started.map(|active| root::left_in(active, &Context::current()));
        started
    })
}

#[inline]
fn start_here(
    local: &Local,
    site: &'static CallSite,
    function: &'static str,
    attributes: Option<&dyn Fn(&mut Attributes)>,
) -> Option<Active> {
    #[cfg(feature = "sdk")]
    if let Some((kept, now)) = local.desk.ready(site) {
        let called = sdk::Called {
            site,
            function,
            attributes,
            setup: None,
        };
        return Some(sdk::start(kept, local, now, &called));
    }
    start_by_tracer(local, site, function, None, attributes)
}

/// Keeps the span that `start` gives until it is taken.
#[inline]
fn wait(start: impl FnOnce(&Local) -> Option<Active>) -> bool {
    local::with(|local| {
        let active = start(local);
        let is_started = active.is_some();
        if is_started {
            // None waits there.
            mem::forget(local.started.replace(active));
        }
        Some(is_started)
    })
    .is_some_and(|is_started| is_started)
}

/// Asks the tracer, which may be another one by now.
#[inline(never)]
fn start_by_tracer(
    local: &Local,
    site: &'static CallSite,
    function: &'static str,
    setup: Option<&mut Setup>,
    attributes: Option<&dyn Fn(&mut Attributes)>,
) -> Option<Active> {
    local.tracers.refresh();
    let dated = local.tracers.get(site);
    let started = match dated.tracer {
        Tracer::Api(tracer) => {
            let mut usual = None;
            let setup =
                setup.unwrap_or_else(|| usual.insert(Setup::below(Context::current(), true)));
            build_by_api(&tracer, site, function, setup, attributes, dated.now)
        }
        #[cfg(feature = "sdk")]
        Tracer::Native(tracer) => {
            let called = sdk::Called {
                site,
                function,
                attributes,
                setup: setup.as_deref(),
            };
            let kept = tracer.keep(&local.desk, site, dated.since);
            kept.map(|kept| sdk::start(kept, local, dated.now, &called))
        }
    };
    heard(local, started)
}

#[inline(never)]
fn start_custom(
    site: &'static CallSite,
    function: &'static str,
    can_open: bool,
    setup: &dyn Fn(&mut Setup),
    attributes: &dyn Fn(&mut Attributes),
) -> bool {
    let can_open = can_open && (site.is_on() || !is_filtered(site, function));
    wait(|local| {
        let mut found = Setup::below(Context::current(), can_open);
        // An expression that panics leaves what it was to set as if it were absent.
        contained(|| setup(&mut found));
        let started = if found.opens() {
            let started =
                start_by_tracer(local, site, function, Some(&mut found), Some(attributes));
            #[cfg(feature = "root")]
            let started = started.map(|active| root::left_in(active, &found.parent));
            started
        } else {
            None
        };
        started.or_else(|| found.hand_on(site))
    })
}

/// Takes note of what the provider answered.
#[inline]
fn heard(local: &Local, answer: Option<Active>) -> Option<Active> {
    match answer {
        Some(_) => Tracers::heard_something(),
        None => local.tracers.heard_nothing(),
    }
    answer
}

fn build_by_api(
    tracer: &BoxedTracer,
    site: &'static CallSite,
    function: &'static str,
    setup: &mut Setup,
    attributes: Option<&dyn Fn(&mut Attributes)>,
    now: u64,
) -> Option<Active> {
    let name = setup.name.take();
    let links = mem::take(&mut setup.links);
    let parent = &setup.parent;
    let mut given = Vec::with_capacity(8);
    let names = site.names(function);
    site.add_code_attributes(names.function, &mut given);
    if baggage::is_copied() {
        given.extend(baggage::copied(parent));
    }
    let name = name.unwrap_or(Cow::Borrowed(names.span));
    #[cfg(feature = "tracing")]
    let told = describe::is_wanted().then(|| name.clone());
    let builder = SpanBuilder {
        span_kind: Some(site.span_kind().clone()),
        name,
        start_time: Some(UNIX_EPOCH + Duration::from_nanos(now)),
        attributes: Some(given),
        links: (!links.is_empty()).then_some(links),
        ..SpanBuilder::default()
    };
    let mut span = if setup.is_root {
        // `Sampler::ParentBased` takes an empty span for a parent that was not sampled.
        tracer.build_with_context(builder, &Context::new())
    } else {
        tracer.build_with_context(builder, parent)
    };
    let above = parent.span().span_context().span_id();
    let is_recording = span.is_recording();
    if !is_recording && is_no_answer(span.span_context(), above) {
        return None;
    }
    let (context, hold) = if is_recording {
        if let Some(attributes) = attributes {
            Attributes::record(&mut span, site, attributes);
        }
        #[cfg(feature = "tracing")]
        let context = describe::with_span(parent, span, told);
        #[cfg(not(feature = "tracing"))]
        let context = parent.with_span(span);
        (context, Hold::Own)
    } else {
        // Not sampled: what is below, here and behind the next propagator, must know.
        let answer = keep_random(span.span_context(), parent);
        (parent.with_remote_span_context(answer), Hold::Unrecorded)
    };
    Some(Active::in_context(site, context, above, hold))
}

/// The span's context with its parent's random flag, which the SDK's provider clears where nothing is recorded; by
/// [W3C](https://www.w3.org/TR/trace-context-2/#random-trace-id-flag) it belongs to the trace.
pub(crate) fn keep_random(span: &SpanContext, parent: &Context) -> SpanContext {
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

/// A no-op provider, and one that was shut down, answer with no span or with the parent's own.
pub(crate) fn is_no_answer(answer: &SpanContext, parent: SpanId) -> bool {
    !answer.is_valid() || answer.span_id() == parent
}
