//! Keeps the spans that wait for the decision on their trace, in bounded memory.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use foldhash::fast::RandomState;
use opentelemetry::trace::TraceId;

use crate::sdk::record::{Ended, spans};

/// How long spans wait for a root if their trace was kept before.
const LATE: Duration = Duration::from_secs(1);
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
    /// Those of them that belong to a trace which was kept before. For most, no root will come.
    late: VecDeque<(Instant, TraceId)>,
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
    /// Says that a span of it is sampled.
    pub(super) is_sampled: bool,
    pub(super) seen: Seen,
}

impl Trace {
    /// Returns `true` if the trace is kept whatever happens in it.
    pub(super) fn is_kept(&self) -> bool {
        self.is_sampled || self.seen.is_late
    }

    /// Returns the local root, or the first span if the root has not ended.
    pub(super) fn root(&self) -> Option<Ended<'_>> {
        let root = spans(&self.spans).find(|span| span.is_local_root());
        root.or_else(|| spans(&self.spans).next())
    }
}

/// What is known of a span, or of any span of a trace, from what came before.
#[derive(Clone, Copy, Default)]
pub(super) struct Seen {
    /// The first span took long.
    pub(super) is_slow: bool,
    /// The trace was kept before, without this span.
    pub(super) is_late: bool,
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
        seen: Seen,
        most_spans: usize,
        now: Instant,
    ) -> bool {
        let id = span.trace_id();
        let trace = self.traces.entry(id).or_insert_with(|| {
            self.by_age.push_back((now, id));
            if seen.is_late {
                self.late.push_back((now, id));
            }
            Trace {
                spans: self.spare.pop().unwrap_or_default(),
                ..Trace::default()
            }
        });
        trace.has_error |= span.is_error();
        trace.is_sampled |= span.is_sampled();
        trace.seen.is_slow |= seen.is_slow;
        trace.seen.is_late |= seen.is_late;
        let has_room = trace.count < most_spans || span.is_local_root();
        if has_room {
            trace.count += 1;
            trace.spans.extend_from_slice(span.bytes());
            self.bytes += span.bytes().len();
        }
        has_room
    }

    /// Returns `true` if the trace is kept in any case, and has as many spans as it may have.
    pub(super) fn is_kept_and_full(&self, id: TraceId, most_spans: usize) -> bool {
        let trace = self.traces.get(&id);
        trace.is_some_and(|trace| trace.is_kept() && trace.count >= most_spans)
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

    /// Returns the next trace that was kept before, and has waited for as long as late spans do.
    pub(super) fn next_late(&mut self, now: Instant) -> Option<TraceId> {
        let (since, id) = self.late.front().copied()?;
        if now.duration_since(since) < LATE {
            return None;
        }
        self.late.pop_front();
        Some(id)
    }

    /// Returns the oldest waiting trace among those that matter, or among the others. Traces matter
    /// that have an error, or that are kept in any case.
    pub(super) fn oldest(&self, matters: bool) -> Option<TraceId> {
        let is_wanted = |(_, id): &&(Instant, TraceId)| {
            let trace = self.traces.get(id);
            trace.is_some_and(|trace| (trace.has_error || trace.is_kept()) == matters)
        };
        self.by_age.iter().find(is_wanted).map(|(_, id)| *id)
    }

    /// Returns the traces that are kept in any case, the oldest first.
    pub(super) fn kept(&self) -> Vec<TraceId> {
        let is_kept = |id: &TraceId| self.traces.get(id).is_some_and(Trace::is_kept);
        let ids = self.by_age.iter().map(|(_, id)| *id);
        ids.filter(is_kept).collect()
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
    use super::super::{AdaptiveSampling, Keep, Kept, Pending};
    use super::*;
    use crate::sdk::clock::Time;
    use crate::sdk::record::layout::bits;
    use crate::sdk::record::{Record, Start};

    struct Nothing;

    impl Keep for Nothing {
        fn keep(&mut self, _span: Ended<'_>, _kept: Kept) {}
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
