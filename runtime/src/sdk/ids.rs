//! The ids of traces and spans.

use opentelemetry::trace::{SpanId, TraceFlags, TraceId};
use opentelemetry_sdk::trace::IdGenerator;

/// The flag that says that a trace id is random, of W3C Trace Context level 2.
const RANDOM: TraceFlags = TraceFlags::new(2);

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
            Ids::Random => (TraceId::from(fastrand::u128(1..)), RANDOM),
            Ids::Own(ids) => (ids.new_trace_id(), TraceFlags::default()),
        }
    }

    #[inline]
    pub(crate) fn span_id(&self) -> SpanId {
        match self {
            Ids::Random => SpanId::from(fastrand::u64(1..)),
            Ids::Own(ids) => ids.new_span_id(),
        }
    }
}
