//! The figures of a contender in a situation.

use serde::{Deserialize, Serialize};

#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct Figures {
    /// Nanoseconds of the calling thread's processor time, per span.
    pub(crate) ns: f64,
    /// Nanoseconds of the whole process, per span.
    pub(crate) process_ns: f64,
    /// The lowest and the highest of both times, over the rounds.
    pub(crate) ns_range: [f64; 2],
    pub(crate) process_range: [f64; 2],
    /// Bytes of the messages that were sent over OTLP, per span.
    pub(crate) bytes: Option<f64>,
    /// Instructions of the calling thread, per span, counted by callgrind.
    pub(crate) instructions: Option<f64>,
    /// Allocations of the calling thread, per span, counted by callgrind.
    pub(crate) allocations: Option<f64>,
    /// Locked operations of the calling thread, per span, counted by callgrind.
    pub(crate) locked: Option<f64>,
    /// Instructions of the other threads, per span, counted by callgrind.
    pub(crate) background: Option<f64>,
    /// The number of calls.
    pub(crate) made: u32,
    /// The number of spans that arrived at the exporter.
    pub(crate) arrived: u32,
    /// The number of spans that are expected to arrive, if that is known.
    pub(crate) expected: Option<u32>,
    /// Spans that arrive per second, if the producer does not wait.
    pub(crate) arrived_per_second: Option<f64>,
}

impl Figures {
    /// Returns the figures of a round, which are the means of its turns.
    pub(crate) fn of_turns(turns: &[Figures]) -> Figures {
        Figures::of(turns, mean)
    }

    /// Returns the medians of the rounds, and the sums of the spans that they made.
    pub(crate) fn of_rounds(rounds: &[Figures]) -> Figures {
        Figures::of(rounds, median)
    }

    fn of(parts: &[Figures], middle: fn(Vec<f64>) -> f64) -> Figures {
        let time = |figure: fn(&Figures) -> f64| middle(parts.iter().map(figure).collect());
        let count = |figure: fn(&Figures) -> u32| parts.iter().map(figure).sum();
        let expected = parts.iter().map(|part| part.expected);
        let bytes: Option<_> = parts.iter().map(|part| part.bytes).collect();
        let range = |figure: fn(&Figures) -> f64| range(parts.iter().map(figure));
        let speeds: Option<_> = parts.iter().map(|part| part.arrived_per_second).collect();
        Figures {
            ns: time(|part| part.ns),
            process_ns: time(|part| part.process_ns),
            ns_range: range(|part| part.ns),
            process_range: range(|part| part.process_ns),
            bytes: bytes.map(middle),
            instructions: None,
            allocations: None,
            locked: None,
            background: None,
            made: count(|part| part.made),
            arrived: count(|part| part.arrived),
            expected: expected.sum(),
            arrived_per_second: speeds.map(middle),
        }
    }

    /// Returns `true` if other spans arrived than expected, so the contender does not do the work.
    pub(crate) fn is_false(&self) -> bool {
        self.expected
            .is_some_and(|expected| expected != self.arrived)
    }
}

fn mean(figures: Vec<f64>) -> f64 {
    let count = u32::try_from(figures.len()).expect("they are few");
    figures.into_iter().sum::<f64>() / f64::from(count)
}

pub(crate) fn range(figures: impl Iterator<Item = f64>) -> [f64; 2] {
    let start = [f64::INFINITY, f64::NEG_INFINITY];
    figures.fold(start, |[low, high], one| [low.min(one), high.max(one)])
}

pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
