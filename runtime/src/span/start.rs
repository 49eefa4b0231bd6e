//! Starts spans, with one function for each kind of call site.

use std::any::type_name;

use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt;

use crate::attributes::Attributes;
use crate::contain::catch;
use crate::site::CallSite;
use crate::span::active::Active;
use crate::span::in_context::Ownership;
use crate::span::native::{self, Asked, Desk, NativeSpan, at_desk};
#[cfg(feature = "root")]
use crate::span::root;
use crate::span::setup::{Called, Setup};
use crate::span::skip::{
    declines, is_declined, is_skipped, is_skipped_at_once, is_skipped_here, note_declined,
    opens_none,
};
use crate::span::started::Started;
use crate::span::tracer::Tracer;
use crate::span::tracers::Tracers;
use crate::span::{by_api, by_native};

/// Starts a span below the current one, with the name of its call site.
#[inline]
pub fn start<A: Fn(&mut Attributes)>(site: &'static CallSite, attributes: A) -> Started {
    if is_skipped_here(site) {
        return Started::NONE;
    }
    start_below(site, attributes)
}

/// Does the rest of [`start`]. The closure is passed by value, so that it stays in registers until
/// it is needed.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "a function less for each call site without optimization"
)]
fn start_below<A: Fn(&mut Attributes)>(site: &'static CallSite, attributes: A) -> Started {
    start_current(site, type_name::<A>(), Some(&attributes))
}

/// Starts a span without attributes, after [`is_skipped_here`] returned `false`. `body` is the type
/// name of the function's body.
#[inline]
pub(crate) fn start_plain(site: &'static CallSite, body: &'static str) -> Started {
    start_current(site, body, None)
}

/// Starts a span without attributes, unless the call can be skipped. This function is never
/// inlined, so it makes the checks of [`is_skipped_here`] in place, without the extra call that
/// keeps that function's callers small.
#[inline(never)]
pub(crate) fn start_plain_unless_skipped(site: &'static CallSite, body: &'static str) -> Started {
    if is_skipped_at_once(site) || is_declined(site) {
        return Started::NONE;
    }
    start_current(site, body, None)
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

/// Starts a span with the option `parent` or `root`.
///
/// If no span is opened, the context that the option gives is still current while the body runs. So
/// the trace goes on.
#[inline]
pub fn start_elsewhere<A: Fn(&mut Attributes)>(
    site: &'static CallSite,
    setup: impl Fn(&mut Setup),
    attributes: A,
) -> Started {
    let can_open = !is_skipped(site);
    start_custom(site, type_name::<A>(), can_open, &setup, &attributes)
}

/// Uses the current span instead of opening one, for the option `current`.
#[inline]
pub fn current<A: Fn(&mut Attributes)>(site: &'static CallSite, attributes: A) -> Started {
    if site.is_off() {
        return Started::NONE;
    }
    take_current(site, type_name::<A>(), &attributes)
}

#[inline(never)]
fn take_current(
    site: &'static CallSite,
    function: &'static str,
    attributes: &dyn Fn(&mut Attributes),
) -> Started {
    // It does not matter if the provider is silent: the span is there, whoever opened it.
    if site.is_filtered(function) {
        return Started::NONE;
    }
    wait_for(|_| {
        let context = Context::current();
        let mut span = context.span();
        if !span.is_recording() {
            return None;
        }
        Attributes::record(&mut span, site, attributes);
        let parent = span.span_context().span_id();
        let current = Active::in_context(site, context, parent, Ownership::Current);
        Some(current)
    })
}

/// Starts a span below the current one, for a call that is not skipped.
#[inline(never)]
fn start_current(
    site: &'static CallSite,
    function: &'static str,
    attributes: Option<&dyn Fn(&mut Attributes)>,
) -> Started {
    if !site.is_on() && opens_none(site, function) {
        return Started::NONE;
    }
    wait_for(|desk| {
        let begun = match Context::map_current(|above| look(desk, above, site)) {
            Seen::Declined => {
                note_declined();
                return None;
            }
            Seen::Begun(span) => Some(span),
            Seen::Undecided(asked) => asked.map(|asked| asked.start_below_current(site, function)),
        };
        let active = if let Some(span) = begun {
            by_native::describe(span, desk, function, attributes)
        } else {
            let called = Called {
                site,
                function,
                attributes,
            };
            let mut below_current = Setup::below(Context::current(), true);
            start_by_provider(desk, &mut below_current, &called)?
        };
        #[cfg(feature = "root")]
        let active = root::with_local_root(active, &Context::current());
        Some(active)
    })
}

/// Makes the span that `start` returns wait for its function.
#[inline]
fn wait_for(start: impl FnOnce(&Desk) -> Option<Active>) -> Started {
    at_desk(|desk| Some(Started::of(start(desk)?, desk))).unwrap_or(Started::NONE)
}

/// The result of looking at the current context.
enum Seen {
    /// Nothing is recorded below the current context.
    Declined,
    /// A span of our own provider has begun.
    Begun(NativeSpan),
    /// The sampler of our own provider has to be asked, for the span in this box, or a provider if
    /// there is no box. Both may look at the current context themselves.
    Undecided(Option<Asked>),
}

/// Looks at the current context, once for all questions about it. Only our own code runs here.
#[inline(never)]
fn look(desk: &Desk, above: &Context, site: &'static CallSite) -> Seen {
    if declines(above) {
        return Seen::Declined;
    }
    native::begin(desk, above, site).map_or_else(Seen::Undecided, Seen::Begun)
}

/// Starts a span by asking the sampler of our own provider, or a provider. Both may run foreign
/// code. Returns `None` if there is no span.
#[inline(never)]
fn start_by_provider(desk: &Desk, setup: &mut Setup, called: &Called<'_>) -> Option<Active> {
    if let Some(active) = by_native::start_ready(desk, setup, called) {
        return Some(active);
    }
    Tracers::with(|tracers| {
        tracers.refresh();
        let dated = tracers.get(called.site)?;
        let answer = match dated.tracer {
            Tracer::Api(tracer) => by_api::start(&tracer, setup, called, dated.now),
            Tracer::Native(tracer) => {
                by_native::start_by(tracer, (dated.since, dated.now), desk, setup, called)
            }
        };
        tracers.heard(answer.is_some());
        answer
    })
}

#[inline(never)]
fn start_custom(
    site: &'static CallSite,
    function: &'static str,
    can_open: bool,
    setup: &dyn Fn(&mut Setup),
    attributes: &dyn Fn(&mut Attributes),
) -> Started {
    let can_open = can_open && (site.is_on() || !opens_none(site, function));
    let called = Called {
        site,
        function,
        attributes: Some(attributes),
    };
    wait_for(|desk| {
        let mut found = Setup::below(Context::current(), can_open);
        // If an expression panics, its option and those after it count as absent.
        catch(|| setup(&mut found));
        let started = if found.opens() {
            let started = start_by_provider(desk, &mut found, &called);
            #[cfg(feature = "root")]
            let started = started.map(|active| root::with_local_root(active, &found.parent));
            started
        } else {
            None
        };
        started.or_else(|| found.hand_on(site))
    })
}
