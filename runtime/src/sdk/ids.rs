//! Generates the ids of traces and spans.

use std::cell::Cell;

use fastrand::Rng;
use opentelemetry::trace::{SpanId, TraceFlags, TraceId};
use opentelemetry_sdk::trace::IdGenerator;

/// The flag of W3C Trace Context level 2 that says that a trace id is random.
const RANDOM: TraceFlags = TraceFlags::new(2);

thread_local! {
    /// The state of this thread's generator, or 0 before the first id. A `Cell` without a
    /// destructor can also be used in a thread that is ending, and without a check.
    static STATE: Cell<u64> = const { Cell::new(0) };
}

/// The generator of ids.
#[derive(Debug)]
pub(crate) enum Ids {
    Random,
    Own(Box<dyn IdGenerator>),
}

impl Ids {
    /// Returns the id and the flags of a new trace.
    pub(crate) fn trace_id(&self) -> (TraceId, TraceFlags) {
        match self {
            Ids::Random => {
                let id = u128::from(random()) << 64 | u128::from(random());
                (TraceId::from(id), RANDOM)
            }
            Ids::Own(ids) => (ids.new_trace_id(), TraceFlags::default()),
        }
    }

    /// Returns the id of a new span.
    #[inline]
    pub(crate) fn span_id(&self) -> SpanId {
        match self {
            Ids::Random => SpanId::from(random()),
            Ids::Own(ids) => ids.new_span_id(),
        }
    }
}

/// Returns a random number other than 0.
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
