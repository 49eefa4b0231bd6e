//! Limits the number of traces that are kept per second.

use std::time::{Duration, Instant};

/// Limits the number of traces that are kept per second, if a maximum is set.
///
/// After each second, the base rate is set so that it would have kept at most that number of the
/// traces in that second. The same number of other traces may be *rescued* per second: kept for an
/// error, or for being slow, although the base rate does not keep them.
pub(super) struct Budget {
    /// The maximum number of traces per second, if there is one.
    most: Option<f64>,
    /// The base rate in the settings, which is never exceeded.
    base_rate: f64,
    /// The start of the current second.
    second: Option<Instant>,
    /// The number of traces that began in this process and whose first span has ended in this
    /// second.
    roots: f64,
    /// The number of traces in this second that asked to be rescued.
    rescued: f64,
    /// The number of traces per second in the last second, until it has set the base rate.
    last: Option<f64>,
}

impl Budget {
    pub(super) fn new(most: Option<f64>, base_rate: f64) -> Budget {
        Budget {
            most,
            base_rate,
            second: None,
            roots: 0.0,
            rescued: 0.0,
            last: None,
        }
    }

    /// Counts a trace whose first span has ended. Returns a new base rate if a second is over and a
    /// maximum is set.
    pub(super) fn count_root(&mut self, now: Instant) -> Option<f64> {
        let most = self.most?;
        self.turn(now);
        self.roots += 1.0;
        let last = self.last.take();
        last.map(|roots| (most / roots).min(self.base_rate))
    }

    /// Returns `true` if the budget may refuse to keep a trace.
    pub(super) fn is_limited(&self) -> bool {
        self.most.is_some()
    }

    /// Returns `true` if one more trace may be rescued in this second, and counts it.
    pub(super) fn allows_rescue(&mut self, now: Instant) -> bool {
        let Some(most) = self.most else {
            return true;
        };
        self.turn(now);
        self.rescued += 1.0;
        self.rescued <= most
    }

    /// Begins a new second if one is over.
    fn turn(&mut self, now: Instant) {
        let elapsed = now.duration_since(*self.second.get_or_insert(now));
        if elapsed >= Duration::from_secs(1) {
            self.last = Some(self.roots / elapsed.as_secs_f64());
            (self.second, self.roots, self.rescued) = (Some(now), 0.0, 0.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Budget;

    #[test]
    fn a_second_sets_the_base_rate_whatever_comes_first_in_the_next() {
        for is_rescue_first in [false, true] {
            let start = Instant::now();
            let mut budget = Budget::new(Some(10.0), 1.0);
            for _ in 0..100 {
                assert_eq!(budget.count_root(start), None);
            }
            let next = start + Duration::from_secs(1);
            if is_rescue_first {
                assert!(budget.allows_rescue(next));
            }
            assert_eq!(budget.count_root(next), Some(0.1));
            assert_eq!(budget.count_root(next), None);
        }
    }
}
