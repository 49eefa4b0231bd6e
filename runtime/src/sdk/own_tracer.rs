//! How traced functions reach the tracers of our own provider behind the OpenTelemetry API.
//!
//! The global provider makes a tracer of ours and hands it out in a box, which cannot be opened: a
//! `BoxedTracer` is not `Any`. A span that is started through the box takes 4,421 instructions
//! where one of our own takes 1,413 (`recorded-2` of `tests/bench`). We cannot go past the global
//! provider either, and keep the one that `traced::set_tracer_provider` was given: another may have
//! been set in its place since, through OpenTelemetry alone, and only asking tells.
//!
//! So [`behind`] asks the global provider. That ends up asking our provider, which leaves a copy of
//! the tracer that it makes ([`made`]) in a cell of this thread.
//!
//! # The protocol
//!
//! - `made` only leaves a tracer of the provider that [`choose`] was called with last. Another
//!   provider may well ask one of ours, to wrap its tracers, and such a wrapper must not be
//!   bypassed.
//! - `behind` empties the cell, asks, and empties it again. So what it finds there was made while
//!   it asked.
//! - A tracer that is made at any other time stays in the cell until the thread asks next, and is
//!   dropped then.

use std::cell::RefCell;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::sdk::tracer::Tracer;

thread_local! {
    static MADE: RefCell<Option<Tracer>> = const { RefCell::new(None) };
}

/// The number of the provider whose tracers are left in the cell, counted from 1. 0 means none.
static CHOSEN: AtomicUsize = AtomicUsize::new(0);

/// Chooses the provider with this number, or none.
pub(super) fn choose(number: Option<usize>) {
    let number = number.map_or(0, |number| number + 1);
    CHOSEN.store(number, Ordering::Relaxed);
}

/// Leaves a tracer in this thread's cell. The provider with this number has just made the tracer,
/// and must be the chosen one; otherwise, nothing happens.
pub(crate) fn made(tracer: &Tracer, number: usize) {
    if CHOSEN.load(Ordering::Relaxed) == number + 1 {
        let _ = MADE.try_with(|made| made.replace(Some(tracer.clone())));
    }
}

/// Returns the tracer of ours behind the one that `ask` gets from the global provider. If there is
/// none, returns what `ask` got as an error.
pub(crate) fn behind<T>(ask: impl FnOnce() -> T) -> Result<Tracer, T> {
    take();
    let asked = ask();
    take().ok_or(asked)
}

fn take() -> Option<Tracer> {
    MADE.try_with(RefCell::take).ok().flatten()
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::TracerProvider as _;
    use opentelemetry_sdk::trace::InMemorySpanExporter;

    use super::*;
    use crate::sdk::TracerProvider;

    #[test]
    fn only_what_the_chosen_provider_makes_meanwhile_is_found() {
        let [chosen, other] = [(); 2].map(|()| {
            let exporter = InMemorySpanExporter::default();
            TracerProvider::builder().with_exporter(exporter).build()
        });
        choose(Some(chosen.number()));
        assert!(behind(|| chosen.tracer("ours")).is_ok());
        let earlier = chosen.tracer("made earlier");
        assert!(behind(|| "another provider's").is_err());
        assert!(behind(|| other.tracer("wrapped by another provider")).is_err());
        choose(None);
        assert!(behind(|| chosen.tracer("not chosen any more")).is_err());
        drop(earlier);
    }
}
