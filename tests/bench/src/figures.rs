//! What is found out about a contender in a situation.

use serde::{Deserialize, Serialize};

#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct Figures {
    /// Nanoseconds of the calling thread's processor time, per span.
    pub(crate) ns: f64,
    /// Nanoseconds of the whole process, per span.
    pub(crate) process_ns: f64,
    /// Of the calling thread, per span; found by callgrind.
    pub(crate) instructions: Option<f64>,
    /// Of the calling thread, per span; found by callgrind.
    pub(crate) allocations: Option<f64>,
    /// Calls.
    pub(crate) made: u32,
    /// Spans counted at the exporter.
    pub(crate) arrived: u32,
    /// How many shall arrive, where that is known.
    pub(crate) expected: Option<u32>,
    /// Spans that arrive in a second, where the producer does not wait.
    pub(crate) arrived_per_second: Option<f64>,
}

impl Figures {
    /// The medians, and what all rounds made.
    pub(crate) fn of(rounds: &[Figures]) -> Figures {
        let median = |figure: fn(&Figures) -> f64| median(rounds.iter().map(figure).collect());
        let sum = |count: fn(&Figures) -> u32| rounds.iter().map(count).sum();
        let last = &rounds[rounds.len() - 1];
        Figures {
            ns: median(|round| round.ns),
            process_ns: median(|round| round.process_ns),
            instructions: None,
            allocations: None,
            made: sum(|round| round.made),
            arrived: sum(|round| round.arrived),
            expected: last
                .expected
                .map(|_| sum(|round| round.expected.unwrap_or_default())),
            arrived_per_second: last
                .arrived_per_second
                .map(|_| median(|round| round.arrived_per_second.unwrap_or_default())),
        }
    }

    /// Whether other spans arrived than shall: such a contender does not do the work.
    pub(crate) fn is_false(&self) -> bool {
        self.expected
            .is_some_and(|expected| expected != self.arrived)
    }
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
