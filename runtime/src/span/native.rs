//! The door to our own provider: everything that makes an [`Active`] from one of its spans.
//!
//! A span of ours is a [`FunctionSpan`] box. The thread's desk keeps the boxes of spans that have
//! ended, each with the provider that it last served. So the usual start asks nobody: [`begin`]
//! takes a box that still serves the call site, and decides by nothing but the parent. Where that
//! is not enough, the sampler has to be asked ([`start_ready`]), or the provider for a tracer
//! ([`start_by`]). Both may run foreign code.

use std::mem;

use opentelemetry::Context;
use opentelemetry::trace::SpanId;

use crate::attributes::Attributes;
use crate::sdk;
pub(super) use crate::sdk::{Desk, FunctionSpan, at_desk, begin};
use crate::span::active::Active;
use crate::span::in_context::Ownership;
use crate::span::running::Running;
use crate::span::setup::{Called, Setup};

/// Starts a span with a box that serves the call site. Returns `None` if there is none.
pub(super) fn start_ready(desk: &Desk, setup: &Setup, called: &Called<'_>) -> Option<Active> {
    let (kept, now) = desk.ready(called.site)?;
    Some(start(kept, desk, now, setup, called))
}

/// Starts a span of this tracer, which was asked for at the time `since`. Returns `None` if its
/// provider was shut down.
pub(super) fn start_by(
    tracer: sdk::Tracer,
    (since, now): (u64, u64),
    desk: &Desk,
    setup: &Setup,
    called: &Called<'_>,
) -> Option<Active> {
    let kept = tracer.keep(desk, called.site, since)?;
    Some(start(kept, desk, now, setup, called))
}

fn start(
    mut kept: Box<FunctionSpan>,
    desk: &Desk,
    now: u64,
    setup: &Setup,
    called: &Called<'_>,
) -> Active {
    let wanted = sdk::Wanted {
        site: called.site,
        function: called.function,
        parent: &setup.parent,
        name: setup.name.as_deref(),
        links: &setup.links,
    };
    sdk::start(&mut kept, now, &wanted);
    describe(kept, desk, called.function, called.attributes)
}

/// Writes the names and the attributes of the function to its span, which has begun.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "one of its two callers is where it has to be fast"
)]
pub(super) fn describe(
    mut kept: Box<FunctionSpan>,
    desk: &Desk,
    function: &'static str,
    attributes: Option<&dyn Fn(&mut Attributes)>,
) -> Active {
    if !kept.is_recording() {
        return unrecorded(kept, desk);
    }
    kept.describe(function);
    if let Some(attributes) = attributes {
        kept.record(attributes);
    }
    Active::kept(kept)
}

/// Puts a span on the desk and returns its context. Nothing else needs that context, since the body
/// runs once.
#[inline]
pub(super) fn enter_kept(desk: &Desk, mut kept: Box<FunctionSpan>) -> (Context, Running) {
    let context = mem::take(&mut kept.context);
    (context, Running::AtDesk(desk.put(kept)))
}

/// Keeps the context of a span that is not recorded, for the spans below it.
#[cold]
fn unrecorded(mut kept: Box<FunctionSpan>, desk: &Desk) -> Active {
    let context = mem::take(&mut kept.context);
    let site = kept.site;
    desk.keep(kept);
    Active::in_context(site, context, SpanId::INVALID, Ownership::Unrecorded)
}
