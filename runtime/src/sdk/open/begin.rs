//! Begins the span of a traced function.

use std::mem;

use opentelemetry::Context;
use opentelemetry::trace::{Link, TraceContextExt};

use super::desk::Desk;
use super::function_span::FunctionSpan;
use super::handle::Handle;
use super::open_span::Open;
use super::scoped::Decision;
use crate::baggage;
use crate::sdk::clock::Time;
use crate::sdk::sampling::{Name, SpanStart};
use crate::site::CallSite;

impl FunctionSpan {
    /// Begins the span that was decided on, and puts a [`Handle`] to it into the span's context. A
    /// span that is not recorded gets a context without a handle.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "see `Scoped::follow`")]
    pub(crate) fn begin(
        &mut self,
        site: &'static CallSite,
        now: u64,
        parent: &Context,
        decided: &Decision,
    ) {
        let span = parent.span();
        let above = span.span_context();
        let context = if decided.is_recording {
            let Open { record, scoped } = &mut self.open;
            let said = (site.span_kind(), Time::Ticks(now), site.number());
            scoped.begin(record, above, decided, said);
            let (mark, turn) = (self.mark, self.mark.open());
            self.turn = turn;
            parent.with_span(Handle {
                context: decided.context(above),
                mark,
                turn,
                #[cfg(feature = "tracing")]
                site,
            })
        } else {
            parent.with_remote_span_context(decided.context(above))
        };
        self.site = site;
        self.is_handed_over = !decided.is_recording;
        self.set_context(context);
    }

    /// Puts a context into the box, which has none.
    #[inline]
    fn set_context(&mut self, context: Context) {
        // The old context is empty, so there is nothing to drop.
        mem::forget(mem::replace(&mut self.context, context));
    }
}

/// Begins the span of a traced function below `parent`. If the parent's span context is not enough
/// to decide, returns the box as an error, with `parent` in it. The caller then calls [`start`],
/// which may run the user's code. Returns `Err(None)` if the provider has to be looked up.
#[inline(always)]
#[expect(clippy::inline_always, reason = "see `Scoped::follow`")]
pub(crate) fn begin(
    desk: &Desk,
    parent: &Context,
    site: &'static CallSite,
) -> Result<Box<FunctionSpan>, Option<Box<FunctionSpan>>> {
    let (mut kept, now) = desk.ready(site).ok_or(None)?;
    let span = parent.span();
    let above = span.span_context();
    let Some(decided) = kept.open.scoped.follow(above) else {
        kept.asked_at = now;
        kept.set_context(parent.clone());
        return Err(Some(kept));
    };
    kept.begin(site, now, parent, &decided);
    if baggage::is_copied() && decided.is_recording {
        let Open { record, scoped } = &mut kept.open;
        scoped.copy_baggage(record, parent);
    }
    Ok(kept)
}

/// A span that a traced function asks for.
pub(crate) struct Wanted<'a> {
    pub(crate) site: &'static CallSite,
    /// The type name of a closure in the function.
    pub(crate) function: &'static str,
    pub(crate) parent: &'a Context,
    /// The span's own name, or `None` if it has the call site's.
    pub(crate) name: Option<&'a str>,
    pub(crate) links: &'a [Link],
}

/// Starts the span of a traced function in this box.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "one of its two callers has neither a name nor links"
)]
pub(crate) fn start(kept: &mut FunctionSpan, wanted: &Wanted<'_>) {
    let &Wanted { site, parent, .. } = wanted;
    let asked = SpanStart {
        name: match wanted.name {
            Some(name) => Name::Given(name),
            None => Name::Of(site, wanted.function),
        },
        kind: site.span_kind(),
        attributes: &[],
        links: wanted.links,
    };
    let span = parent.span();
    let decided = kept.open.scoped.decide(parent, span.span_context(), &asked);
    kept.begin(site, kept.asked_at, parent, &decided);
    if decided.is_recording {
        let Open { record, scoped } = &mut kept.open;
        scoped.begin_with(record, parent, asked.links, decided);
        if let Some(name) = wanted.name {
            record.name(name);
        }
    }
}
