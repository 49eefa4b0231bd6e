//! Finds the calls that open no span, as far as that is cheap to know.
//!
//! These checks are all that a traced function costs if no provider is set, if the filter leaves it
//! out, or below a span that is not recorded.
//!
//! | function | what it knows | where it is called |
//! |---|---|---|
//! | [`is_skipped_at_once`] | the filter, or that there was no provider so far | first, inlined |
//! | [`is_declined`] | that a provider has no spans, or the current span | after the first check |
//! | [`is_skipped_here`] | both of the above | a span below the current one |
//! | [`is_skipped`] | all but the current span | a span with options to evaluate first |
//! | [`opens_none`] | the same, also for trait methods and new call sites | the start itself |
//!
//! While the provider gives no spans, each call that is skipped for that reason counts towards
//! those that the thread skips before it asks again ([`silence`]).

use std::cell::Cell;

use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt;

use crate::ambient;
use crate::site::CallSite;
use crate::span::native::records_everything;
use crate::span::silence;

/// Returns `true` if a call can be skipped without looking at the context: it is filtered out, or
/// the provider recently had no span to give.
#[inline(never)]
pub(super) fn is_skipped(site: &'static CallSite) -> bool {
    site.is_off() || (site.is_on() && silence::is_silent())
}

/// Returns `true` if a call below the current span can be skipped.
///
/// The cheapest part of the answer is inlined, and optimizes to a few instructions.
#[cfg_attr(not(debug_assertions), inline)]
#[cfg_attr(debug_assertions, inline(never))]
pub(crate) fn is_skipped_here(site: &'static CallSite) -> bool {
    is_skipped_at_once(site) || is_declined_apart(site)
}

/// Returns what [`is_skipped_here`] does. This function is never inlined.
#[inline(never)]
pub(crate) fn is_skipped_apart(site: &'static CallSite) -> bool {
    is_skipped_here(site)
}

/// Returns `true` if the call site's state and the thread's memory are enough to skip the call.
#[inline]
pub(super) fn is_skipped_at_once(site: &'static CallSite) -> bool {
    site.is_off_or_waits(silence::is_silent_so_far)
}

#[inline(never)]
fn is_declined_apart(site: &'static CallSite) -> bool {
    is_declined(site)
}

/// Returns `true` if the provider had no span to give recently, or if nothing is recorded below the
/// current span. The latter is checked only if it was so when this thread last looked.
#[inline]
pub(super) fn is_declined(site: &'static CallSite) -> bool {
    site.is_on() && (silence::is_silent() || (DECLINED.get() && current_declines()))
}

/// Returns `true` if this call opens no span. This also works for a new call site and for a method
/// of a trait.
pub(super) fn opens_none(site: &'static CallSite, function: &'static str) -> bool {
    site.is_filtered(function) || silence::is_silent()
}

thread_local! {
    /// `true` if nothing was recorded below the current span when this thread last looked.
    ///
    /// The next call is likely to be below that span too, and then this check is all that it costs.
    /// Otherwise, the start looks at the context anyway.
    static DECLINED: Cell<bool> = const { Cell::new(false) };
}

/// Notes that nothing is recorded below the current span.
pub(super) fn note_declined() {
    DECLINED.set(true);
}

/// Returns `true` if nothing is recorded below the current span. This is also the case in a thread
/// that is ending.
#[inline(never)]
fn current_declines() -> bool {
    #[expect(
        clippy::redundant_closure,
        reason = "the call of a function item in another crate may not be inlined"
    )]
    let declines = ambient::look(|current| declines(current)) != Some(false);
    if !declines {
        DECLINED.set(false);
    }
    declines
}

/// Returns `true` if nothing below this context can be recorded: telemetry is suppressed, or the
/// context's span is of this process and is neither sampled nor recording.
///
/// Below a remote span, the provider is asked, since its sampler may want the span nevertheless. It
/// is also asked below a span that adaptive sampling recorded and that has ended, because there may
/// be an error.
#[inline]
pub(super) fn declines(context: &Context) -> bool {
    let span = context.span();
    let parent = span.span_context();
    context.is_telemetry_suppressed()
        || (parent.is_valid()
            && !parent.is_remote()
            && !parent.is_sampled()
            && !records_everything()
            && !span.is_recording())
}
