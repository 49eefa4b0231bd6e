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
}

impl Budget {
    pub(super) fn new(most: Option<f64>, base_rate: f64) -> Budget {
        Budget {
            most,
            base_rate,
            second: None,
            roots: 0.0,
            rescued: 0.0,
        }
    }

    /// Counts a trace whose first span has ended. Returns a new base rate if a second is over and a
    /// maximum is set.
    pub(super) fn count_root(&mut self, now: Instant) -> Option<f64> {
        let most = self.most?;
        let rate = self
            .turn(now)
            .map(|roots| (most / roots).min(self.base_rate));
        self.roots += 1.0;
        rate
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

    /// Begins a new second if one is over. In that case, returns the number of traces per second
    /// since the old one began.
    fn turn(&mut self, now: Instant) -> Option<f64> {
        let elapsed = now.duration_since(*self.second.get_or_insert(now));
        if elapsed < Duration::from_secs(1) {
            return None;
        }
        let per_second = self.roots / elapsed.as_secs_f64();
        (self.second, self.roots, self.rescued) = (Some(now), 0.0, 0.0);
        Some(per_second)
    }
}
