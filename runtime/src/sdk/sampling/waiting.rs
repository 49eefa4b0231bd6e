//! Keeps the spans that wait for the decision on their trace, in bounded memory.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use foldhash::fast::RandomState;
use opentelemetry::trace::TraceId;

use crate::sdk::record::Ended;

/// The number of buffers that are kept for the spans of further traces.
const SPARE: usize = 16;
/// The maximum size of such a buffer.
const SPARE_BYTES: usize = 64 * 1024;

/// The traces that are waiting, with the spans that have ended so far.
#[derive(Default)]
pub(super) struct Waiting {
    traces: HashMap<TraceId, Trace, RandomState>,
    /// The traces by age. Some of them may be gone.
    by_age: VecDeque<(Instant, TraceId)>,
    /// The size of all waiting spans.
    bytes: usize,
    /// The memory of traces that are gone.
    spare: Vec<Vec<u8>>,
}

/// A trace that is waiting.
#[derive(Default)]
pub(super) struct Trace {
    /// The records of the trace's spans, one after the other.
    pub(super) spans: Vec<u8>,
    pub(super) count: usize,
    pub(super) has_error: bool,
    pub(super) is_slow: bool,
}

impl Waiting {
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn len(&self) -> usize {
        self.traces.len()
    }

    /// Adds a span to its trace. Returns `false` if the trace has reached its maximum number of
    /// spans. From then on, only its local root is added.
    pub(super) fn add(
        &mut self,
        span: Ended<'_>,
        is_slow: bool,
        most_spans: usize,
        now: Instant,
    ) -> bool {
        let id = span.trace_id();
        let trace = self.traces.entry(id).or_insert_with(|| {
            self.by_age.push_back((now, id));
            Trace {
                spans: self.spare.pop().unwrap_or_default(),
                ..Trace::default()
            }
        });
        trace.has_error |= span.is_error();
        trace.is_slow |= is_slow;
        let has_room = trace.count < most_spans || span.is_local_root();
        if has_room {
            trace.count += 1;
            trace.spans.extend_from_slice(span.bytes());
            self.bytes += span.bytes().len();
        }
        has_room
    }

    /// Removes a trace, and returns it.
    pub(super) fn take(&mut self, id: TraceId) -> Option<Trace> {
        let trace = self.traces.remove(&id)?;
        self.bytes -= trace.spans.len();
        Some(trace)
    }

    /// Gives back the memory of a trace, for another one.
    pub(super) fn give_back(&mut self, trace: Trace) {
        let mut memory = trace.spans;
        if self.spare.len() < SPARE && memory.capacity() <= SPARE_BYTES {
            memory.clear();
            self.spare.push(memory);
        }
    }

    /// Returns the next trace that has waited for at least `max_age`.
    pub(super) fn next_too_old(&mut self, max_age: Duration, now: Instant) -> Option<TraceId> {
        self.forget_gone();
        let (since, id) = self.by_age.front().copied()?;
        let is_too_old = now.duration_since(since) >= max_age;
        is_too_old.then_some(id)
    }

    /// Returns the oldest trace that has an error, or that has none.
    pub(super) fn oldest(&self, has_error: bool) -> Option<TraceId> {
        let is_wanted = |(_, id): &&(Instant, TraceId)| {
            let trace = self.traces.get(id);
            trace.is_some_and(|trace| trace.has_error == has_error)
        };
        self.by_age.iter().find(is_wanted).map(|(_, id)| *id)
    }

    /// Returns all traces, the oldest first. Some of them may be gone.
    pub(super) fn all(&mut self) -> Vec<TraceId> {
        self.by_age.drain(..).map(|(_, id)| id).collect()
    }

    /// Removes traces that are gone from the list of ages, so that it does not grow.
    pub(super) fn forget_gone(&mut self) {
        while let Some((_, id)) = self.by_age.front()
            && !self.traces.contains_key(id)
        {
            self.by_age.pop_front();
        }
        if self.by_age.len() > 2 * self.traces.len() + 64 {
            self.by_age.retain(|(_, id)| self.traces.contains_key(id));
        }
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::{SpanId, TraceFlags};

    use super::super::base_rate::BaseRate;
    use super::super::{AdaptiveSampling, Keep, Pending, Reason};
    use super::*;
    use crate::sdk::clock::Time;
    use crate::sdk::record::layout::bits;
    use crate::sdk::record::{Record, Start, spans};

    struct Nothing;

    impl Keep for Nothing {
        fn keep(&mut self, _span: Ended<'_>, _reason: Reason) {}
    }

    fn record(trace: u128, bits: u8) -> Vec<u8> {
        let start = Start {
            trace_id: TraceId::from(trace),
            span_id: SpanId::from(1),
            flags: TraceFlags::default(),
            parent: SpanId::INVALID,
            bits,
            kind: 0,
            time: Time::Ticks(1),
            site: 0,
            scope: 0,
        };
        let mut record = Record::default();
        record.begin(&start);
        record.end(Time::Ticks(2)).to_vec()
    }

    #[test]
    fn an_old_trace_holds_up_no_others() {
        let now = Instant::now();
        let config = AdaptiveSampling::default();
        let mut pending = Pending::new(config, BaseRate::new(0.0));
        let waiting = record(1, 0);
        let ended: Vec<u8> = (2..10_000)
            .flat_map(|trace| record(trace, bits::LOCAL_ROOT))
            .collect();
        for span in spans(&waiting).chain(spans(&ended)) {
            pending.add(span, now, &mut Nothing);
            let ended = pending.ended();
            pending.decide(ended, now, &mut Nothing);
        }
        assert_eq!(pending.waiting.traces.len(), 1);
        assert!(pending.waiting.by_age.len() < 100);
    }
}
