//! Chooses cases: all pairs of values, or a sample of the whole product.

use std::collections::BTreeSet;

use fastrand::Rng;

use crate::dimensions::{Case, Partial, SIZES};
use crate::rules;

/// A value of a dimension.
type Value = (usize, usize);

/// Returns cases in which every two values of two dimensions that go together meet.
#[must_use]
pub fn all_pairs() -> Vec<Case> {
    let mut rng = Rng::with_seed(7);
    let mut missing = pairs();
    let mut cases = Vec::new();
    while let Some((one, other)) = missing.pop_first() {
        let start = Partial::default().with(one.0, one.1).with(other.0, other.1);
        let Some(case) = complete(&start, &missing, &mut rng) else {
            continue;
        };
        missing.retain(|(one, other)| !has(&case, *one) || !has(&case, *other));
        cases.extend(case.case());
    }
    cases
}

/// Returns `size` different cases, drawn at random.
#[must_use]
pub fn sample(size: usize, seed: u64) -> Vec<Case> {
    let mut rng = Rng::with_seed(seed);
    let mut cases = BTreeSet::new();
    while cases.len() < size {
        let case = complete(&Partial::default(), &BTreeSet::new(), &mut rng);
        cases.extend(case.and_then(|case| case.case()));
    }
    cases.into_iter().collect()
}

fn pairs() -> BTreeSet<(Value, Value)> {
    let values = || (0..SIZES.len()).flat_map(|at| (0..SIZES[at]).map(move |value| (at, value)));
    let all = values().flat_map(|one| values().map(move |other| (one, other)));
    all.filter(|(one, other)| one.0 < other.0).collect()
}

fn has(partial: &Partial, (dimension, value): Value) -> bool {
    partial.get(dimension) == Some(value)
}

/// Chooses the values that are still open. In each dimension, it takes the one with the most new
/// pairs.
fn complete(
    partial: &Partial,
    missing: &BTreeSet<(Value, Value)>,
    rng: &mut Rng,
) -> Option<Partial> {
    if !rules::allow(partial) {
        return None;
    }
    let Some(dimension) = (0..SIZES.len()).find(|at| partial.get(*at).is_none()) else {
        return Some(*partial);
    };
    let mut values: Vec<usize> = (0..SIZES[dimension]).collect();
    rng.shuffle(&mut values);
    values
        .sort_by_cached_key(|value| usize::MAX - new_pairs(partial, (dimension, *value), missing));
    let mut choices = values
        .into_iter()
        .map(|value| partial.with(dimension, value));
    choices.find_map(|choice| complete(&choice, missing, rng))
}

/// Returns how many pairs of this value with a chosen one are still missing.
fn new_pairs(partial: &Partial, value: Value, missing: &BTreeSet<(Value, Value)>) -> usize {
    let chosen = (0..SIZES.len()).filter_map(|at| Some((at, partial.get(at)?)));
    let pairs = chosen.map(|other| (other.min(value), other.max(value)));
    pairs.filter(|pair| missing.contains(pair)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_two_values_meet_that_can() {
        let cases = all_pairs();
        let mut missing = pairs();
        for case in &cases {
            let values = case.values();
            let has = |(at, value): Value| values[at] == value;
            missing.retain(|(one, other)| !has(*one) || !has(*other));
        }
        let mut rng = Rng::with_seed(1);
        for (one, other) in missing {
            let both = Partial::default().with(one.0, one.1).with(other.0, other.1);
            let case = complete(&both, &BTreeSet::new(), &mut rng).and_then(|case| case.case());
            assert!(case.is_none(), "{case:?}");
        }
    }
}
