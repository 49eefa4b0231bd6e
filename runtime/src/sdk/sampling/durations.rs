//! Remembers how long the first spans of recent traces took.

use std::collections::{HashMap, VecDeque};
use std::hash::BuildHasher;

/// The maximum number of names that are remembered.
const NAMES: usize = 1_000;
/// The maximum number of durations that are remembered for each name.
const DURATIONS: usize = 256;
/// The number of durations that must be known for a name before any of its spans counts as slow.
const ENOUGH: usize = 64;

/// The last durations for each name, in nanoseconds. The names are hashed, since they may be long.
#[derive(Default)]
pub(super) struct Durations(HashMap<u64, VecDeque<u64>>);

impl Durations {
    /// Returns `true` if a span of this name and duration is slow: if it took longer than the
    /// fraction `quantile` of the remembered spans. Remembers the duration, unless the name is new
    /// and there are too many names. Such a span is never slow.
    pub(super) fn is_slow(&mut self, name: &str, duration: u64, quantile: f64) -> bool {
        let name = self.0.hasher().hash_one(name);
        if self.0.len() >= NAMES && !self.0.contains_key(&name) {
            return false;
        }
        let durations = self.0.entry(name).or_default();
        let below = durations.iter().filter(|known| **known < duration).count();
        let is_slow = durations.len() >= ENOUGH && float(below) > quantile * float(durations.len());
        if durations.len() == DURATIONS {
            durations.pop_front();
        }
        durations.push_back(duration);
        is_slow
    }
}

/// Converts a number. One that does not fit into 32 bits becomes infinite.
fn float(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::INFINITY, f64::from)
}
