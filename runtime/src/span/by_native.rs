//! Starts spans of our own provider, if the parent alone is not enough to decide on them.

use opentelemetry::trace::SpanId;

use crate::attributes::Attributes;
use crate::span::active::Active;
use crate::span::in_context::Ownership;
use crate::span::native::{Asked, Desk, NativeSpan, NativeTracer, Wanted};
use crate::span::setup::{Called, Setup};

/// Starts a span with a box that serves the call site. Returns `None` if there is none.
pub(super) fn start_ready(desk: &Desk, setup: &Setup, called: &Called<'_>) -> Option<Active> {
    let asked = Asked::ready(desk, called.site);
    start(asked, desk, setup, called)
}

/// Starts a span of this tracer, which the provider returned at the time `since`. Returns `None` if
/// the provider was shut down.
pub(super) fn start_by(
    tracer: NativeTracer,
    (since, now): (u64, u64),
    desk: &Desk,
    setup: &Setup,
    called: &Called<'_>,
) -> Option<Active> {
    let asked = tracer.serve(desk, called.site, (since, now));
    start(asked, desk, setup, called)
}

fn start(asked: Option<Asked>, desk: &Desk, setup: &Setup, called: &Called<'_>) -> Option<Active> {
    let wanted = Wanted {
        site: called.site,
        function: called.function,
        parent: &setup.parent,
        name: setup.name.as_deref(),
        links: &setup.links,
    };
    let span = asked.map(|asked| asked.start(&wanted));
    span.map(|span| describe(span, desk, called.function, called.attributes))
}

/// Records the names and the attributes of the function on its span, which has begun.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "one of its two callers is where it has to be fast"
)]
pub(super) fn describe(
    mut span: NativeSpan,
    desk: &Desk,
    function: &'static str,
    attributes: Option<&dyn Fn(&mut Attributes)>,
) -> Active {
    if span.describe(function, attributes) {
        Active::native(span)
    } else {
        unrecorded(span, desk)
    }
}

/// Keeps the context of a span that is not recorded, for what is below it.
#[cold]
fn unrecorded(span: NativeSpan, desk: &Desk) -> Active {
    let site = span.site();
    let context = span.into_context(desk);
    Active::in_context(site, context, SpanId::INVALID, Ownership::Unrecorded)
}
