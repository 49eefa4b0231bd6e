//! The traces that wait for their decision, as the background thread keeps them.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use foldhash::fast::RandomState;
use opentelemetry::trace::TraceId;

use super::adaptive::{AdaptiveSampling, BaseRate, SlowThreshold, randomness, threshold};
use super::budget::Budget;
use super::decided::{Decided, Reason};
use super::durations::Durations;
use crate::sdk::record::{Ended, Interned, spans};

/// How much memory is kept for the spans of further traces: so many buffers, none larger than that.
const SPARE: usize = 16;
const SPARE_BYTES: usize = 64 * 1024;

/// What receives the spans of the traces that are kept.
pub(crate) trait Kept {
    fn keep(&mut self, span: Ended<'_>, reason: Reason);
}

/// The traces of which nothing is decided, and what was decided of others lately.
pub(crate) struct Undecided {
    config: AdaptiveSampling,
    rate: BaseRate,
    traces: HashMap<TraceId, Trace, RandomState>,
    /// The memory of traces that were decided.
    spare: Vec<Vec<u8>>,
    /// The traces by age; it may name some that are not there any more.
    by_age: VecDeque<(Instant, TraceId)>,
    bytes: usize,
    /// Traces whose first span has ended, to be decided when everything that had ended before was seen.
    ended: Vec<TraceId>,
    decided: Decided,
    durations: Durations,
    budget: Budget,
    interned: Interned,
    /// The spans that were left out for a bound.
    pub(crate) dropped: u64,
    /// The spans of the traces that were not kept.
    pub(crate) sampled_out: u64,
}

#[derive(Default)]
struct Trace {
    spans: Vec<u8>,
    count: usize,
    has_error: bool,
    is_slow: bool,
}

impl Undecided {
    pub(crate) fn new(config: AdaptiveSampling, rate: BaseRate) -> Undecided {
        Undecided {
            budget: Budget::new(config.max_traces_per_second, config.base_rate),
            config,
            rate,
            traces: HashMap::default(),
            spare: Vec::new(),
            by_age: VecDeque::new(),
            bytes: 0,
            ended: Vec::new(),
            decided: Decided::default(),
            durations: Durations::default(),
            interned: Interned::default(),
            dropped: 0,
            sampled_out: 0,
        }
    }

    /// The bytes of the waiting spans.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Takes up a span of a trace that the base rate did not keep, or passes it on.
    pub(crate) fn add(&mut self, span: Ended<'_>, now: Instant, kept: &mut dyn Kept) {
        let id = span.trace_id();
        if span.is_sampled() {
            self.count_root(span, now);
            let reason = if span.has_remote_parent() {
                Reason::Parent
            } else {
                Reason::Base
            };
            return kept.keep(span, reason);
        }
        if let Some(reason) = self.decided.kept(id) {
            return kept.keep(span, reason);
        }
        let is_slow = span.is_local_root() && self.is_slow(span);
        self.count_root(span, now);
        let trace = self.traces.entry(id).or_insert_with(|| {
            self.by_age.push_back((now, id));
            Trace {
                spans: self.spare.pop().unwrap_or_default(),
                ..Trace::default()
            }
        });
        trace.has_error |= span.is_error();
        trace.is_slow |= is_slow;
        if trace.count < self.config.max_spans_per_trace || span.is_local_root() {
            trace.count += 1;
            trace.spans.extend_from_slice(span.bytes());
            self.bytes += span.bytes().len();
        } else {
            self.dropped += 1;
        }
        if span.is_local_root() {
            self.ended.push(id);
        }
        self.make_room(now, kept);
    }

    /// Traces whose first span had ended when the last pass began: by now everything below it was seen.
    pub(crate) fn ended(&mut self) -> Vec<TraceId> {
        std::mem::take(&mut self.ended)
    }

    pub(crate) fn has_ended(&self) -> bool {
        !self.ended.is_empty()
    }

    /// Decides these traces, and those that waited too long.
    pub(crate) fn decide(&mut self, ended: Vec<TraceId>, now: Instant, kept: &mut dyn Kept) {
        for id in ended {
            self.decide_one(id, now, kept);
        }
        while let Some((since, id)) = self.by_age.front().copied() {
            let is_there = self.traces.contains_key(&id);
            if is_there && now.duration_since(since) < self.config.max_age {
                break;
            }
            self.by_age.pop_front();
            if is_there {
                self.decide_one(id, now, kept);
            }
        }
        self.forget_gone();
    }

    /// Decides everything, on what there is.
    pub(crate) fn decide_all(&mut self, now: Instant, kept: &mut dyn Kept) {
        let all: Vec<TraceId> = self.by_age.drain(..).map(|(_, id)| id).collect();
        for id in all {
            self.decide_one(id, now, kept);
        }
    }

    fn decide_one(&mut self, id: TraceId, now: Instant, kept: &mut dyn Kept) {
        let Some(trace) = self.traces.remove(&id) else {
            return;
        };
        self.bytes -= trace.spans.len();
        let reason = self.reason(id, &trace, now);
        // One that is not kept stays open to an error that comes late, so there is nothing to remember of it.
        match reason {
            Some(reason) => {
                self.decided.remember(id, reason);
                for span in spans(&trace.spans) {
                    kept.keep(span, reason);
                }
            }
            None => self.sampled_out += trace.count as u64,
        }
        self.give_back(trace);
    }

    fn give_back(&mut self, trace: Trace) {
        let mut memory = trace.spans;
        if self.spare.len() < SPARE && memory.capacity() <= SPARE_BYTES {
            memory.clear();
            self.spare.push(memory);
        }
    }

    /// Why the trace is kept, if it is. The base rate did not want it.
    fn reason(&mut self, id: TraceId, trace: &Trace, now: Instant) -> Option<Reason> {
        let random = randomness(id);
        let wanted = if trace.has_error && random >= threshold(self.config.error_rate) {
            Reason::Error
        } else if trace.is_slow && random >= threshold(self.config.slow_rate) {
            Reason::Slow
        } else {
            return None;
        };
        self.budget.allows_rescue(now).then_some(wanted)
    }

    /// At a bound: what has no error goes first, the oldest of it; what has one is decided on what there is.
    fn make_room(&mut self, now: Instant, kept: &mut dyn Kept) {
        while self.traces.len() > self.config.max_traces || self.bytes > self.config.max_bytes {
            let oldest = |has_error: bool| {
                let of_kind = |(_, id): &&(Instant, TraceId)| {
                    self.traces
                        .get(id)
                        .is_some_and(|trace| trace.has_error == has_error)
                };
                self.by_age.iter().find(of_kind).map(|(_, id)| *id)
            };
            if let Some(id) = oldest(false) {
                self.drop_one(id);
            } else if let Some(id) = oldest(true) {
                self.decide_one(id, now, kept);
            } else {
                return;
            }
            self.forget_gone();
        }
    }

    fn drop_one(&mut self, id: TraceId) {
        if let Some(trace) = self.traces.remove(&id) {
            self.bytes -= trace.spans.len();
            self.dropped += trace.count as u64;
            self.give_back(trace);
        }
    }

    /// Keeps the list of ages from growing with traces that are not there any more.
    fn forget_gone(&mut self) {
        while let Some((_, id)) = self.by_age.front()
            && !self.traces.contains_key(id)
        {
            self.by_age.pop_front();
        }
        if self.by_age.len() > 2 * self.traces.len() + 64 {
            self.by_age.retain(|(_, id)| self.traces.contains_key(id));
        }
    }

    fn is_slow(&mut self, root: Ended<'_>) -> bool {
        match self.config.slow_threshold {
            SlowThreshold::Fixed(threshold) => root.duration() > nanoseconds(threshold),
            SlowThreshold::Quantile(quantile) => {
                let name = root.name(&mut self.interned);
                self.durations.is_slow(name, root.duration(), quantile)
            }
        }
    }

    fn count_root(&mut self, span: Ended<'_>, now: Instant) {
        if span.is_local_root()
            && !span.has_remote_parent()
            && let Some(rate) = self.budget.count_root(now)
        {
            self.rate.set(rate);
        }
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::{SpanId, TraceFlags};

    use super::*;
    use crate::sdk::clock::Time;
    use crate::sdk::record::layout::bits;
    use crate::sdk::record::{Record, Start};

    struct Nothing;

    impl Kept for Nothing {
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
        let mut undecided = Undecided::new(config, BaseRate::new(0.0));
        let waiting = record(1, 0);
        let ended: Vec<u8> = (2..10_000)
            .flat_map(|trace| record(trace, bits::LOCAL_ROOT))
            .collect();
        for span in spans(&waiting).chain(spans(&ended)) {
            undecided.add(span, now, &mut Nothing);
            let ended = undecided.ended();
            undecided.decide(ended, now, &mut Nothing);
        }
        assert_eq!(undecided.traces.len(), 1);
        assert!(undecided.by_age.len() < 100);
    }
}
