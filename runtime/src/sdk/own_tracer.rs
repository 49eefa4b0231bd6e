//! How traced functions find the tracers of our own provider behind the API.

use std::any::Any;
use std::cell::RefCell;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::sdk::provider::TracerProvider;
use crate::sdk::tracer::Tracer;

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
