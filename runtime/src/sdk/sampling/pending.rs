//! Decides on traces at their end, in the background thread.

use std::mem;
use std::time::{Duration, Instant};

use opentelemetry::trace::TraceId;

use super::adaptive::{AdaptiveSampling, SlowThreshold};
use super::base_rate::BaseRate;
use super::budget::Budget;
use super::durations::Durations;
use super::kept::{Kept, Reason};
use super::probability::{randomness, threshold, threshold_of};
use super::recently_kept::RecentlyKept;
use super::waiting::{Seen, Trace, Waiting};
use crate::sdk::record::{Ended, Interned, spans};

/// Receives the spans of traces that are kept.
pub(crate) trait Keep {
    fn keep(&mut self, span: Ended<'_>, kept: Kept);
}

/// The traces that are not decided yet, and the data that decisions are based on.
pub(crate) struct Pending {
    config: AdaptiveSampling,
    rate: BaseRate,
    pub(super) waiting: Waiting,
    /// The traces whose first span has ended. They are decided in the next pass, when everything
    /// that ended before that span has been seen.
    ended: Vec<TraceId>,
    recently_kept: RecentlyKept,
    durations: Durations,
    budget: Budget,
    interned: Interned,
    /// The number of spans that were dropped at a bound since the counts were last taken.
    pub(crate) dropped: u64,
    /// The number of spans whose traces were not kept, since the counts were last taken.
    pub(crate) sampled_out: u64,
}

impl Pending {
    pub(crate) fn new(config: AdaptiveSampling, rate: BaseRate) -> Pending {
        Pending {
            budget: Budget::new(config.max_traces_per_second, config.base_rate),
            config,
            rate,
            waiting: Waiting::default(),
            ended: Vec::new(),
            recently_kept: RecentlyKept::default(),
            durations: Durations::default(),
            interned: Interned::default(),
            dropped: 0,
            sampled_out: 0,
        }
    }

    /// Returns the size of the waiting spans, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.waiting.bytes()
    }

    /// Adds a span to its trace, which waits until it is decided.
    ///
    /// If the trace has reached its maximum number of spans and is sure to be kept, it is decided
    /// first. If it is not sure to be kept, the span is dropped, unless it is the local root. If
    /// too much is waiting afterwards, older traces are dropped or decided.
    pub(crate) fn add(&mut self, span: Ended<'_>, now: Instant, output: &mut dyn Keep) {
        let id = span.trace_id();
        let seen = Seen {
            is_slow: span.is_local_root() && self.is_slow(span),
            is_late: self.recently_kept.get(id).is_some(),
        };
        self.count_root(span, now);
        let most_spans = self.config.max_spans_per_trace;
        if self.waiting.is_kept_and_full(id, most_spans) {
            self.decide_one(id, now, output);
        }
        if !self.waiting.add(span, seen, most_spans, now) {
            self.dropped += 1;
        }
        if span.is_local_root() {
            self.ended.push(id);
        }
        self.make_room(now, output);
    }

    /// Takes the traces whose first span was seen in the last pass. Once the next pass has drained
    /// the buffers, everything that ended before those spans has been seen as well.
    pub(crate) fn ended(&mut self) -> Vec<TraceId> {
        mem::take(&mut self.ended)
    }

    /// Returns `true` if there are traces for the next pass to decide.
    pub(crate) fn has_ended(&self) -> bool {
        !self.ended.is_empty()
    }

    /// Decides on these traces, and on those that have waited too long.
    pub(crate) fn decide(&mut self, ended: Vec<TraceId>, now: Instant, output: &mut dyn Keep) {
        for id in ended {
            self.decide_one(id, now, output);
        }
        while let Some(id) = self.waiting.next_too_old(self.config.max_age, now) {
            self.decide_one(id, now, output);
        }
        while let Some(id) = self.waiting.next_late(now) {
            self.decide_one(id, now, output);
        }
        self.waiting.forget_gone();
    }

    /// Decides on the traces that are sure to be kept, by the spans that have ended.
    pub(crate) fn decide_kept(&mut self, now: Instant, output: &mut dyn Keep) {
        for id in self.waiting.kept() {
            self.decide_one(id, now, output);
        }
    }

    /// Decides on all traces, by the spans that have ended.
    pub(crate) fn decide_all(&mut self, now: Instant, output: &mut dyn Keep) {
        for id in self.waiting.all() {
            self.decide_one(id, now, output);
        }
    }

    fn decide_one(&mut self, id: TraceId, now: Instant, output: &mut dyn Keep) {
        let Some(trace) = self.waiting.take(id) else {
            return;
        };
        // A trace that is not kept is not remembered: an error that comes late may still rescue it.
        match self.kept(id, &trace, now) {
            Some(kept) => {
                self.recently_kept.remember(id, kept);
                for span in spans(&trace.spans) {
                    output.keep(span, kept);
                }
            }
            None => self.sampled_out += trace.count as u64,
        }
        self.waiting.give_back(trace);
    }

    /// Returns how the trace is kept, or `None` if it is not. Takes one from the budget if the
    /// trace has to be rescued.
    fn kept(&mut self, id: TraceId, trace: &Trace, now: Instant) -> Option<Kept> {
        if !(trace.is_kept() || trace.has_error || trace.seen.is_slow) {
            return None;
        }
        let root = trace.root()?;
        let state = root.trace_state();
        let rescue = self.rescue(trace, randomness(id, &state));
        let kept = if trace.is_sampled {
            let reason = if root.has_remote_parent() {
                Reason::Parent
            } else {
                Reason::Base
            };
            let threshold = threshold_of(&state);
            Some(Kept { reason, threshold })
        } else {
            self.recently_kept.get(id)
        };
        match (kept, rescue) {
            (Some(kept), Some(rescue)) => Some(kept.or_by(rescue)),
            (Some(kept), None) => Some(kept),
            (None, rescue) => rescue.filter(|_| self.budget.allows_rescue(now)),
        }
    }

    /// Returns how the trace would be kept for an error or for being slow, regardless of the base
    /// rate and of what is left of the budget. Returns `None` if it would not. The threshold is not
    /// known if there is a budget.
    fn rescue(&self, trace: &Trace, random: u64) -> Option<Kept> {
        let error = trace.has_error.then_some(self.config.error_rate);
        let slow = trace.seen.is_slow.then_some(self.config.slow_rate);
        let passes = |rate: Option<f64>| rate.map(threshold).filter(|known| random >= *known);
        let (error, slow) = (passes(error), passes(slow));
        let threshold = error.into_iter().chain(slow).min()?;
        Some(Kept {
            reason: if error.is_some() {
                Reason::Error
            } else {
                Reason::Slow
            },
            threshold: (!self.budget.is_limited()).then_some(threshold),
        })
    }

    /// Brings the waiting traces back within their bounds. The oldest trace that has no error and
    /// is not sure to be kept is dropped first. If there is none, the oldest trace is decided by
    /// the spans that have ended.
    fn make_room(&mut self, now: Instant, output: &mut dyn Keep) {
        let AdaptiveSampling {
            max_traces,
            max_bytes,
            ..
        } = self.config;
        while self.waiting.len() > max_traces || !self.waiting.fit(max_bytes) {
            if let Some(id) = self.waiting.oldest_usual() {
                self.drop_one(id);
            } else if let Some(id) = self.waiting.oldest() {
                self.decide_one(id, now, output);
            } else {
                return;
            }
            self.waiting.forget_gone();
        }
    }

    fn drop_one(&mut self, id: TraceId) {
        if let Some(trace) = self.waiting.take(id) {
            self.dropped += trace.count as u64;
            self.waiting.give_back(trace);
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
