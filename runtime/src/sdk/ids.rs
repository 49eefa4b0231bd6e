//! The ids of traces and spans.

use std::cell::Cell;

use fastrand::Rng;
use opentelemetry::trace::{SpanId, TraceFlags, TraceId};
use opentelemetry_sdk::trace::IdGenerator;

/// The flag that says that a trace id is random, of W3C Trace Context level 2.
const RANDOM: TraceFlags = TraceFlags::new(2);

thread_local! {
    /// The state of this thread's generator; 0 before the first id. It is at hand without a look whether the thread is ending.
    static STATE: Cell<u64> = const { Cell::new(0) };
}

/// Where ids come from.
#[derive(Debug)]
pub(crate) enum Ids {
    Random,
    Own(Box<dyn IdGenerator>),
}

impl Ids {
    /// A new trace's id and flags.
    pub(crate) fn trace_id(&self) -> (TraceId, TraceFlags) {
        match self {
            Ids::Random => {
                let id = u128::from(random()) << 64 | u128::from(random());
                (TraceId::from(id), RANDOM)
            }
            Ids::Own(ids) => (ids.new_trace_id(), TraceFlags::default()),
        }
    }

    #[inline]
    pub(crate) fn span_id(&self) -> SpanId {
        match self {
            Ids::Random => SpanId::from(random()),
            Ids::Own(ids) => ids.new_span_id(),
        }
    }
}

/// A random number that is not 0.
#[inline]
fn random() -> u64 {
    loop {
        let mut generator = Rng::with_seed(match STATE.get() {
            0 => seed(),
            state => state,
        });
        let number = generator.u64(..);
        STATE.set(generator.get_seed());
        if number != 0 {
            return number;
        }
    }
}

#[cold]
fn seed() -> u64 {
    fastrand::u64(..)
}
