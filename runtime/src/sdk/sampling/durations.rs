//! How long the local roots of each name took lately.

use std::collections::{HashMap, VecDeque};

/// How many names have their durations remembered, how many of each, and how many must be there.
const NAMES: usize = 1_000;
const DURATIONS: usize = 256;
const ENOUGH: usize = 64;

/// The last durations by name, in nanoseconds.
#[derive(Default)]
pub(crate) struct Durations(HashMap<Box<str>, VecDeque<u64>>);

impl Durations {
    /// Whether a span of this name is slow, with this duration in nanoseconds, which is remembered.
    pub(crate) fn is_slow(&mut self, name: &str, duration: u64, quantile: f64) -> bool {
        if !self.0.contains_key(name) {
            if self.0.len() >= NAMES {
                return false;
            }
            self.0.insert(Box::from(name), VecDeque::new());
        }
        let Some(durations) = self.0.get_mut(name) else {
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
}

/// Of a number that is small.
fn float(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::INFINITY, f64::from)
}
