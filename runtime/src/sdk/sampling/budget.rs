//! How many traces a second are kept.

use std::time::{Duration, Instant};

/// The traces of a second: those that the base rate keeps, and those that are rescued.
pub(crate) struct Budget {
    most: Option<f64>,
    base_rate: f64,
    second: Option<Instant>,
    roots: f64,
    rescued: f64,
}

impl Budget {
    pub(crate) fn new(most: Option<f64>, base_rate: f64) -> Budget {
        Budget {
            most,
            base_rate,
            second: None,
            roots: 0.0,
            rescued: 0.0,
        }
    }

    /// The base rate for the next second, when one is over.
    pub(crate) fn count_root(&mut self, now: Instant) -> Option<f64> {
        let most = self.most?;
        let rate = self
            .turn(now)
            .map(|roots| (most / roots).min(self.base_rate));
        self.roots += 1.0;
        rate
    }

    pub(crate) fn allows_rescue(&mut self, now: Instant) -> bool {
        let Some(most) = self.most else {
            return true;
        };
        self.turn(now);
        self.rescued += 1.0;
        self.rescued <= most
    }

    /// Begins a new second when one is over, and says how many roots a second there were.
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
