//! The start of a span: from a call site to a context that holds it.

use std::any::type_name;
use std::borrow::Cow;
use std::cell::Cell;
use std::mem;
use std::time::{Duration, UNIX_EPOCH};

use opentelemetry::Context;
use opentelemetry::global::BoxedTracer;
use opentelemetry::trace::{
    Span, SpanBuilder, SpanContext, SpanId, TraceContextExt, TraceFlags, Tracer as _,
};

use crate::ambient;
use crate::attributes::Attributes;
use crate::baggage;
use crate::contain::catch;
#[cfg(feature = "tracing")]
use crate::describe;
#[cfg(feature = "sdk")]
use crate::sdk;
use crate::site::CallSite;
use crate::span::active::{Active, Hold, Place};
#[cfg(feature = "root")]
use crate::span::root;
use crate::span::setup::{Setup, declines};
use crate::span::thread_state::{self, Local};
use crate::span::tracers::{self, Tracer, Tracers};

/// Whether a span was started; none is where nothing listens, and below a parent that is not recorded.
///
/// It waits in the thread's state, where its function takes it before anything else happens: what goes from function to function
/// in the user's code is one bit, and not to be dropped.
#[must_use]
#[derive(Clone, Copy)]
pub struct Started(bool);

impl Started {
    pub(crate) const NONE: Started = Started(false);

    /// Starts a span without attributes, after [`is_skipped_here`] said no; `body` is the type name of the function's body.
    #[inline]
    pub(crate) fn at(site: &'static CallSite, body: &'static str) -> Started {
        start_current(site, body, None)
    }

    /// Asks that first.
    #[inline(never)]
    pub(crate) fn unless_skipped(site: &'static CallSite, body: &'static str) -> Started {
        if is_skipped_at_once(site) || is_declined(site) {
            return Started::NONE;
        }
        start_current(site, body, None)
    }

    /// Whether there is no span.
    #[inline]
    pub(crate) fn is_none(self) -> bool {
        !self.0
    }

    /// The same, where the optimiser is not to see what started it.
    #[inline(never)]
    pub(crate) fn is_none_apart(self) -> bool {
        self.is_none()
    }

    /// The span.
    #[inline]
    pub(crate) fn take(self) -> Option<Active> {
        if self.is_none() {
            return None;
        }
        thread_state::with(|local| local.started.take())
    }

    /// Enters the span, for a body that runs once.
    #[inline]
    pub(crate) fn enter(self) -> Option<(Context, Place)> {
        if self.is_none() {
            return None;
        }
        thread_state::with(|local| Some(local.started.take()?.enter_once(local)))
    }
}

/// What a span is started for.
#[derive(Clone, Copy)]
pub(crate) struct Called<'a> {
    pub(crate) site: &'static CallSite,
    /// The type name of something in the function.
    pub(crate) function: &'static str,
    pub(crate) attributes: Option<&'a dyn Fn(&mut Attributes)>,
}

/// Starts a span whose name and parent are the usual ones.
#[inline]
pub fn start<A: Fn(&mut Attributes)>(site: &'static CallSite, attributes: A) -> Started {
    if is_skipped_here(site) {
        return Started::NONE;
    }
    start_below(site, attributes)
}

/// Takes the closure by value, so that it is nowhere but in registers before it is needed.
#[inline]
fn start_below<A: Fn(&mut Attributes)>(site: &'static CallSite, attributes: A) -> Started {
    start_current(site, type_name::<A>(), Some(&attributes))
}

/// Starts a span whose name or links are found at run time.
#[inline]
pub fn start_with<A: Fn(&mut Attributes)>(
    site: &'static CallSite,
    setup: impl Fn(&mut Setup),
    attributes: A,
) -> Started {
    if is_skipped(site) {
        return Started::NONE;
    }
    start_custom(site, type_name::<A>(), true, &setup, &attributes)
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
    start_custom(site, type_name::<A>(), can_open, &setup, &attributes)
}

/// Takes the current span for the function's own, as the option `current` asks.
#[inline]
pub fn current<A: Fn(&mut Attributes)>(site: &'static CallSite, attributes: A) -> Started {
    if site.is_off() {
        return Started::NONE;
    }
    take_current(site, type_name::<A>(), &attributes)
}

/// Whether a call opens no span for a reason that has nothing to do with its context, as far as can be told at once.
///
/// This is all that a traced function costs where no provider is installed, or the filter holds it back.
#[inline(never)]
fn is_skipped(site: &'static CallSite) -> bool {
    site.is_off() || (site.is_on() && tracers::is_silent())
}

/// The same, and whether the current span is one below which nothing is recorded, if the last one was.
///
/// What is told at once is in line where the optimiser makes little of it.
#[cfg_attr(not(debug_assertions), inline)]
#[cfg_attr(debug_assertions, inline(never))]
pub(crate) fn is_skipped_here(site: &'static CallSite) -> bool {
    is_skipped_at_once(site) || is_declined_here(site)
}

#[inline]
fn is_skipped_at_once(site: &'static CallSite) -> bool {
    (site.is_waiting() && tracers::is_silent_so_far()) || site.is_off()
}

/// The same, apart.
#[inline(never)]
pub(crate) fn is_skipped_apart(site: &'static CallSite) -> bool {
    is_skipped_here(site)
}

#[inline(never)]
fn is_declined_here(site: &'static CallSite) -> bool {
    is_declined(site)
}

#[inline]
fn is_declined(site: &'static CallSite) -> bool {
    site.is_on() && (tracers::is_silent() || (DECLINED.get() && current_declines()))
}

thread_local! {
    /// Whether nothing was recorded below the current span when this thread last looked.
    ///
    /// The next call is likely to be below that span too. Asking is cheap where the answer is yes; where it is no, the start
    /// looks at the context anyway.
    static DECLINED: Cell<bool> = const { Cell::new(false) };
}

/// Whether nothing is recorded below the current span; nothing is in a thread that is ending.
#[inline(never)]
fn current_declines() -> bool {
    let declines = ambient::look(declines) != Some(false);
    if !declines {
        DECLINED.set(false);
    }
    declines
}

/// Whether this call opens no span, for a call site of which more must be known.
fn is_filtered(site: &'static CallSite, function: &'static str) -> bool {
    site.is_filtered(function) || tracers::is_silent()
}

#[inline(never)]
fn take_current(
    site: &'static CallSite,
    function: &'static str,
    attributes: &dyn Fn(&mut Attributes),
) -> Started {
    // Whether the provider is silent does not matter: the span is there, whoever opened it.
    if site.is_filtered(function) {
        return Started::NONE;
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

/// Starts a span below the current one, after [`is_skipped_here`] said no.
#[inline(never)]
fn start_current(
    site: &'static CallSite,
    function: &'static str,
    attributes: Option<&dyn Fn(&mut Attributes)>,
) -> Started {
    if !site.is_on() && is_filtered(site, function) {
        return Started::NONE;
    }
    wait(|local| {
        let started = match Context::map_current(|above| look(local, above, site)) {
            Seen::Declined => {
                DECLINED.set(true);
                return None;
            }
            #[cfg(feature = "sdk")]
            Seen::Begun(kept) => sdk::describe(kept, &local.desk, function, attributes),
            Seen::Other => {
                let called = Called {
                    site,
                    function,
                    attributes,
                };
                let mut below_current = Setup::below(Context::current(), true);
                start_by_provider(local, &mut below_current, &called)?
            }
        };
        #[cfg(feature = "root")]
        let started = root::left_in(started, &Context::current());
        Some(started)
    })
}

/// Keeps the span that `start` gives until its function takes it.
#[inline]
fn wait(start: impl FnOnce(&Local) -> Option<Active>) -> Started {
    let started = thread_state::with(|local| {
        let started = start(local)?;
        // None waits there.
        mem::forget(local.started.replace(Some(started)));
        Some(())
    });
    Started(started.is_some())
}

/// What the current context says of a call.
enum Seen {
    /// Nothing is recorded below.
    Declined,
    /// The span has begun.
    #[cfg(feature = "sdk")]
    Begun(Box<sdk::Kept>),
    /// A provider is to be asked, which may look at the current context itself.
    Other,
}

/// Looks at the current context, once for all: no code runs here but ours.
#[inline(never)]
fn look(local: &Local, above: &Context, site: &'static CallSite) -> Seen {
    if declines(above) {
        return Seen::Declined;
    }
    #[cfg(feature = "sdk")]
    if let Some(kept) = sdk::begin(&local.desk, above, site) {
        return Seen::Begun(kept);
    }
    #[cfg(not(feature = "sdk"))]
    let _ = (local, site);
    Seen::Other
}

/// Asks a provider that may run code which is not ours.
#[inline(never)]
fn start_by_provider(local: &Local, setup: &mut Setup, called: &Called<'_>) -> Option<Active> {
    #[cfg(feature = "sdk")]
    if let Some((kept, now)) = local.desk.ready(called.site) {
        return Some(sdk::start(kept, &local.desk, now, setup, called));
    }
    local.tracers.refresh();
    let dated = local.tracers.get(called.site);
    let started = match dated.tracer {
        Tracer::Api(tracer) => build_by_api(&tracer, setup, called, dated.now),
        #[cfg(feature = "sdk")]
        Tracer::Native(tracer) => {
            let kept = tracer.keep(&local.desk, called.site, dated.since);
            kept.map(|kept| sdk::start(kept, &local.desk, dated.now, setup, called))
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
) -> Started {
    let can_open = can_open && (site.is_on() || !is_filtered(site, function));
    let called = Called {
        site,
        function,
        attributes: Some(attributes),
    };
    wait(|local| {
        let mut found = Setup::below(Context::current(), can_open);
        // An expression that panics leaves what it was to set as if it were absent.
        catch(|| setup(&mut found));
        let started = if found.opens() {
            let started = start_by_provider(local, &mut found, &called);
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
    setup: &mut Setup,
    called: &Called<'_>,
    now: u64,
) -> Option<Active> {
    let Called { site, function, .. } = *called;
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
        if let Some(attributes) = called.attributes {
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
