//! Holds the spans that wait for the decision on their trace, in bounded memory.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use foldhash::fast::RandomState;
use opentelemetry::trace::TraceId;

use crate::sdk::record::{Ended, spans};

/// The time that spans wait for a local root if their trace was kept before.
const LATE: Duration = Duration::from_secs(1);

/// The maximum number of buffers that are saved for the spans of later traces.
const SPARE: usize = 16;
/// The maximum size of such a buffer, in bytes.
const SPARE_BYTES: usize = 64 * 1024;

/// The traces that are waiting, with the spans that have ended so far.
#[derive(Default)]
pub(super) struct Waiting {
    traces: HashMap<TraceId, Trace, RandomState>,
    /// The traces in the order in which they began to wait. Some of them may be gone.
    by_age: VecDeque<(Instant, TraceId)>,
    /// The same traces in the same order. Those that [matter](Trace::matters) are removed when a
    /// search comes across them.
    usual: VecDeque<TraceId>,
    /// The traces that were kept before, and of which more spans have ended since. Most of these
    /// traces get no further local root.
    late: VecDeque<(Instant, TraceId)>,
    /// The size of all waiting spans, in bytes.
    bytes: usize,
    /// The memory that the buffers of all waiting spans take, in bytes.
    memory: usize,
    /// The buffers of traces that are gone, for later traces.
    spare: Vec<Vec<u8>>,
}

/// A trace that is waiting.
#[derive(Default)]
pub(super) struct Trace {
    /// The records of the trace's spans, one after the other.
    pub(super) spans: Vec<u8>,
    pub(super) count: usize,
    pub(super) has_error: bool,
    /// `true` if one of its spans is sampled.
    pub(super) is_sampled: bool,
    pub(super) seen: Seen,
}

impl Trace {
    /// Returns `true` if the trace is sure to be kept, whatever happens in it.
    pub(super) fn is_kept(&self) -> bool {
        self.is_sampled || self.seen.is_late
    }

    /// Returns `true` if the trace has an error or is sure to be kept.
    fn matters(&self) -> bool {
        self.has_error || self.is_kept()
    }

    /// Adds a record. Returns by how many bytes the memory has grown.
    fn push(&mut self, record: &[u8]) -> usize {
        let before = self.spans.capacity();
        if before - self.spans.len() < record.len() {
            // Doubling would leave too much of the bounded memory unused.
            let more = record.len().max(self.spans.len() / 4);
            self.spans.reserve_exact(more);
        }
        self.spans.extend_from_slice(record);
        self.spans.capacity() - before
    }

    /// Returns the local root, or the span that was added first if the local root has not ended.
    /// Returns `None` if there are no spans.
    pub(super) fn root(&self) -> Option<Ended<'_>> {
        let root = spans(&self.spans).find(|span| span.is_local_root());
        root.or_else(|| spans(&self.spans).next())
    }
}

/// The facts about a span, or about the spans of a trace, that depend on earlier spans.
#[derive(Clone, Copy, Default)]
pub(super) struct Seen {
    /// `true` if the first span of the trace is slow.
    pub(super) is_slow: bool,
    /// `true` if the trace was kept before this span was seen.
    pub(super) is_late: bool,
}

impl Waiting {
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn len(&self) -> usize {
        self.traces.len()
    }

    /// Adds a span to its trace. If the trace has reached its maximum number of spans, adds only a
    /// local root, and returns `false` for any other span.
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
            self.usual.push_back(id);
            if seen.is_late {
                self.late.push_back((now, id));
            }
            let spans = self.spare.pop().unwrap_or_default();
            self.memory += spans.capacity();
            Trace {
                spans,
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
            self.bytes += span.bytes().len();
            self.memory += trace.push(span.bytes());
        }
        has_room
    }

    /// Returns `true` if the trace is sure to be kept, and has reached its maximum number of spans.
    pub(super) fn is_kept_and_full(&self, id: TraceId, most_spans: usize) -> bool {
        let trace = self.traces.get(&id);
        trace.is_some_and(|trace| trace.is_kept() && trace.count >= most_spans)
    }

    /// Removes a trace, and returns it if it was waiting.
    pub(super) fn take(&mut self, id: TraceId) -> Option<Trace> {
        let trace = self.traces.remove(&id)?;
        self.bytes -= trace.spans.len();
        self.memory -= trace.spans.capacity();
        Some(trace)
    }

    /// Gives back the memory of a trace. It is saved for another trace, unless it is large or
    /// enough is saved already.
    pub(super) fn give_back(&mut self, trace: Trace) {
        let mut memory = trace.spans;
        if self.spare.len() < SPARE && memory.capacity() <= SPARE_BYTES {
            memory.clear();
            self.spare.push(memory);
        }
    }

    /// Returns `true` if the waiting spans take at most `most` bytes of memory. If they take more,
    /// but their records would fit easily, frees the unused room of their buffers first.
    pub(super) fn fit(&mut self, most: usize) -> bool {
        if self.memory > most && self.bytes <= most / 4 * 3 {
            let traces = self.traces.values_mut();
            let taken = traces.map(|trace| {
                trace.spans.shrink_to_fit();
                trace.spans.capacity()
            });
            self.memory = taken.sum();
        }
        self.memory <= most
    }

    /// Returns the oldest waiting trace, if it has waited for at least `max_age`.
    pub(super) fn next_too_old(&mut self, max_age: Duration, now: Instant) -> Option<TraceId> {
        self.forget_gone();
        let (since, id) = self.by_age.front().copied()?;
        let is_too_old = now.duration_since(since) >= max_age;
        is_too_old.then_some(id)
    }

    /// Returns the next trace that was kept before and whose late spans have waited long enough, if
    /// there is one. It may be gone.
    pub(super) fn next_late(&mut self, now: Instant) -> Option<TraceId> {
        let (since, id) = self.late.front().copied()?;
        if now.duration_since(since) < LATE {
            return None;
        }
        self.late.pop_front();
        Some(id)
    }

    /// Returns the oldest waiting trace that does not [matter](Trace::matters).
    pub(super) fn oldest_usual(&mut self) -> Option<TraceId> {
        while let Some(id) = self.usual.front() {
            #[cfg(test)]
            tests::LOOKS.set(tests::LOOKS.get() + 1);
            if self.traces.get(id).is_some_and(|trace| !trace.matters()) {
                return Some(*id);
            }
            // A trace that matters never stops mattering, so it is not looked at again.
            self.usual.pop_front();
        }
        None
    }

    /// Returns the oldest waiting trace.
    pub(super) fn oldest(&mut self) -> Option<TraceId> {
        self.forget_gone();
        self.by_age.front().map(|(_, id)| *id)
    }

    /// Returns the traces that are sure to be kept, the oldest first.
    pub(super) fn kept(&self) -> Vec<TraceId> {
        let is_kept = |id: &TraceId| self.traces.get(id).is_some_and(Trace::is_kept);
        let ids = self.by_age.iter().map(|(_, id)| *id);
        ids.filter(is_kept).collect()
    }

    /// Takes all traces off the list, the oldest first. Some of them may be gone.
    pub(super) fn all(&mut self) -> Vec<TraceId> {
        self.by_age.drain(..).map(|(_, id)| id).collect()
    }

    /// Removes traces that are gone from `by_age` and `usual`, as far as it takes to keep these
    /// lists short.
    pub(super) fn forget_gone(&mut self) {
        while let Some((_, id)) = self.by_age.front()
            && !self.traces.contains_key(id)
        {
            self.by_age.pop_front();
        }
        let most = 2 * self.traces.len() + 64;
        if self.by_age.len() > most {
            self.by_age.retain(|(_, id)| self.traces.contains_key(id));
        }
        if self.usual.len() > most {
            self.usual.retain(|id| self.traces.contains_key(id));
        }
    }
}
