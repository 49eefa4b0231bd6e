//! What each thread keeps for the spans that it writes.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt;

use crate::sdk::provider::TracerProvider;
use crate::sdk::span::Open;
use crate::sdk::tracer::Tracer;

thread_local! {
    static IS_TAKING: Cell<bool> = const { Cell::new(false) };
    static TAKEN: Cell<Option<Open>> = const { Cell::new(None) };
}

/// The time of an end that means now, by our clock: no span of the user's ends before 1970.
pub(crate) const NOW: SystemTime = UNIX_EPOCH;

/// Ends the span of a context, now.
pub(crate) fn end(context: &Context) {
    context.span().end_with_timestamp(NOW);
}

/// Takes the open span out of a context that was made current for it, so that its end can be written without locks.
///
/// The context hides what it holds: the span is told to end, and hands itself over here instead.
pub(crate) fn take(context: &Context) -> Option<Open> {
    IS_TAKING.set(true);
    // Any time but `NOW`.
    let time = UNIX_EPOCH + Duration::from_nanos(1);
    context.span().end_with_timestamp(time);
    IS_TAKING.set(false);
    TAKEN.try_with(Cell::take).ok().flatten()
}

/// Whether a span that is told to end is to be handed over.
pub(crate) fn is_taking() -> bool {
    IS_TAKING.get()
}

/// Hands over an open span; gives it back in a thread that is ending.
pub(crate) fn give(open: Open) -> Option<Open> {
    let mut open = Some(open);
    let _ = TAKEN.try_with(|taken| taken.set(open.take()));
    open
}

thread_local! {
    static MADE: RefCell<Option<Tracer>> = const { RefCell::new(None) };
}

/// The number of the provider that traced functions may reach directly, counted from 1; 0 for none.
static CHOSEN: AtomicUsize = AtomicUsize::new(0);

/// Takes note of the provider that `set_tracer_provider` sets, if it is one of ours.
///
/// Others may hand on the tracers of one of ours, and have their reasons to be asked each time.
pub(crate) fn choose(provider: &dyn Any) {
    let provider = provider.downcast_ref::<TracerProvider>();
    let number = provider.map_or(0, |provider| provider.number() + 1);
    CHOSEN.store(number, Ordering::Relaxed);
}

/// Notes the tracer that was just made: whoever asked for one through the global provider, which boxes it, finds it here.
pub(crate) fn made(tracer: &Tracer, number: usize) {
    if CHOSEN.load(Ordering::Relaxed) == number + 1 {
        let _ = MADE.try_with(|made| made.replace(Some(tracer.clone())));
    }
}

/// Forgets what was made before.
pub(crate) fn forget_made() {
    take_made();
}

/// The tracer that was made since.
pub(crate) fn take_made() -> Option<Tracer> {
    MADE.try_with(RefCell::take).ok().flatten()
}
