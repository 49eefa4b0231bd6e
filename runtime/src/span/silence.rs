//! Decides how often a thread asks a provider that has no spans to give: at each call at first, and
//! rarely once it has had none for a while.

use std::cell::Cell;

use crate::{generation, site};

/// The number of no-ops in a row after which a thread asks rarely. Until then, each call asks.
const EAGER_CALLS: u32 = 1_000;
/// The interval at which a thread asks rarely: one call in this many asks.
const RARELY: u32 = 1_024;

thread_local! {
    static KNOWN: Known = const { Known::nothing() };
}

/// The facts that a thread knows about the provider. They are in one thread-local, so that its
/// address is looked up once.
struct Known {
    /// The generation of the provider that the thread last asked.
    generation: Cell<u32>,
    /// The number of times in a row that the provider has answered with a no-op.
    silences: Cell<u32>,
    /// The number of calls that are still to go without asking.
    skips: Cell<u32>,
}

impl Known {
    const fn nothing() -> Known {
        Known {
            generation: Cell::new(0),
            silences: Cell::new(0),
            skips: Cell::new(0),
        }
    }

    #[inline]
    fn skip_if(&self, holds: impl FnOnce(&Known) -> bool) -> bool {
        let skips = self.skips.get();
        let can_skip = skips != 0 && holds(self);
        if can_skip {
            self.skips.set(skips - 1);
        }
        can_skip
    }

    /// Makes each call ask again. Returns the number of times in a row that the provider has
    /// answered with a no-op.
    #[inline]
    fn forget_silences(&self) -> u32 {
        self.skips.set(0);
        self.silences.replace(0)
    }
}

/// Returns `true` if this call can go without asking the provider, which recently had no span to
/// give.
#[inline]
pub(super) fn is_silent() -> bool {
    let is_same = |known: &Known| generation::is_current(known.generation.get());
    KNOWN.with(|known| known.skip_if(is_same))
}

/// Returns `true` if this call can go without asking, in a program that has had no provider so far.
#[inline]
pub(super) fn is_silent_so_far() -> bool {
    KNOWN.with(|known| known.skip_if(|_| true))
}

/// Returns `true`, and makes each call ask again, if another provider was set since this thread
/// last asked.
#[inline]
pub(super) fn ends_by_another_provider() -> bool {
    let generation = generation::current();
    let known = KNOWN.with(|known| known.generation.replace(generation));
    let is_other = known != generation;
    if is_other {
        KNOWN.with(Known::forget_silences);
    }
    is_other
}

/// Notes that the provider has answered with a no-op.
pub(super) fn heard_nothing() {
    KNOWN.with(|known| {
        let silences = known.silences.get().saturating_add(1);
        known.silences.set(silences);
        known.skips.set(if silences < EAGER_CALLS {
            0
        } else {
            RARELY - 1
        });
    });
}

/// Notes that the provider has answered with a span.
#[inline]
pub(super) fn heard_something() {
    if KNOWN.with(Known::forget_silences) >= EAGER_CALLS {
        // Other threads may ask as rarely as this one did.
        site::ask_again();
    }
}
