//! The traces that wait for their decision, as the background thread keeps them.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use opentelemetry::trace::{SpanContext, TraceId, TraceState};

use crate::sdk::adaptive::{AdaptiveSampling, BaseRate, SlowThreshold, randomness, threshold};
use crate::sdk::budget::Budget;
use crate::sdk::known::Known;
use crate::sdk::read::{Ended, spans};

/// How many decisions are remembered for spans that come late.
const DECISIONS: usize = 10_000;
/// How many names have their durations remembered, how many of each, and how many must be there.
const NAMES: usize = 1_000;
const DURATIONS: usize = 256;
const ENOUGH: usize = 64;

/// Why a trace is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    Base,
    Parent,
    Error,
    Slow,
}

impl Reason {
    /// The attribute of the local root that says so.
    pub(crate) const KEY: &'static str = "sampling.reason";

    pub(crate) fn name(self) -> &'static str {
        match self {
            Reason::Base => "base",
            Reason::Parent => "parent",
            Reason::Error => "error",
            Reason::Slow => "slow",
        }
    }
}

/// What receives the spans of the traces that are kept.
pub(crate) trait Kept {
    fn keep(&mut self, span: Ended<'_>, reason: Reason);
}

/// The traces of which nothing is decided, and what was decided of others lately.
pub(crate) struct Undecided {
    config: AdaptiveSampling,
    rate: BaseRate,
    traces: HashMap<TraceId, Trace>,
    /// The traces by age; it may name some that are not there any more.
    by_age: VecDeque<(Instant, TraceId)>,
    bytes: usize,
    /// Traces whose first span has ended, to be decided when everything that had ended before was seen.
    ended: Vec<TraceId>,
    decided: Decided,
    durations: HashMap<Box<str>, VecDeque<u64>>,
    budget: Budget,
    known: Known,
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
            traces: HashMap::new(),
            by_age: VecDeque::new(),
            bytes: 0,
            ended: Vec::new(),
            decided: Decided::default(),
            durations: HashMap::new(),
            known: Known::default(),
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
            Trace::default()
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
                let name = root.name(&mut self.known);
                self.is_slow_for_its_name(name, root.duration(), quantile)
            }
        }
    }

    fn is_slow_for_its_name(&mut self, name: &str, duration: u64, quantile: f64) -> bool {
        if !self.durations.contains_key(name) {
            if self.durations.len() >= NAMES {
                return false;
            }
            self.durations.insert(Box::from(name), VecDeque::new());
        }
        let Some(durations) = self.durations.get_mut(name) else {
            return false;
        };
        let below = durations.iter().filter(|known| **known < duration).count();
        let is_slow = durations.len() >= ENOUGH && float(below) > quantile * float(durations.len());
        if durations.len() == DURATIONS {
            durations.pop_front();
        }
        durations.push_back(duration);
        is_slow
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

/// Of a number that is small.
fn float(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::INFINITY, f64::from)
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// The traces that were kept lately; the oldest is forgotten first.
#[derive(Default)]
struct Decided {
    reasons: HashMap<TraceId, Reason>,
    order: VecDeque<TraceId>,
}

impl Decided {
    fn kept(&self, id: TraceId) -> Option<Reason> {
        self.reasons.get(&id).copied()
    }

    fn remember(&mut self, id: TraceId, reason: Reason) {
        if self.reasons.insert(id, reason).is_none() {
            self.order.push_back(id);
        }
        if self.order.len() > DECISIONS
            && let Some(oldest) = self.order.pop_front()
        {
            self.reasons.remove(&oldest);
        }
    }
}

/// The context that an exported span has: sampled, and without the threshold of a decision that was not taken.
pub(crate) fn as_kept(context: &SpanContext) -> SpanContext {
    if context.is_sampled() {
        return context.clone();
    }
    let state = state_as_kept(context.trace_state());
    SpanContext::new(
        context.trace_id(),
        context.span_id(),
        context.trace_flags().with_sampled(true),
        context.is_remote(),
        state,
    )
}

/// The trace state of a span that was not sampled, but is kept.
pub(crate) fn state_as_kept(state: &TraceState) -> TraceState {
    match state.get("ot") {
        Some(ot) => without_threshold(state, ot),
        None => state.clone(),
    }
}

fn without_threshold(state: &TraceState, ot: &str) -> TraceState {
    let rest: Vec<&str> = ot
        .split(';')
        .filter(|part| !part.starts_with("th:"))
        .collect();
    let changed = if rest.is_empty() {
        state.delete("ot")
    } else {
        state.insert("ot", rest.join(";"))
    };
    changed.unwrap_or_else(|_| state.clone())
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::{SpanId, TraceFlags};

    use super::*;
    use crate::sdk::clock::Time;
    use crate::sdk::layout::bits;
    use crate::sdk::record::{Record, Start};

    struct Nothing;

    impl Kept for Nothing {
        fn keep(&mut self, _span: Ended<'_>, _reason: Reason) {}
    }

    fn record(trace: u128, bits: u8) -> Vec<u8> {
        let trace = TraceId::from(trace);
        let flags = TraceFlags::default();
        let context = SpanContext::new(trace, SpanId::from(1), flags, false, TraceState::NONE);
        let start = Start {
            context: &context,
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
