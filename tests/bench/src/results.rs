//! Runs each situation, with its contenders taking turns.

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::{Value, json};

use crate::child::Child;
use crate::contender::Entry;
use crate::figures::Figures;
use crate::instructions;
use crate::situation::{COMPARED, Situation};

/// The number of rounds that the medians are taken of, after one that does not count.
pub(crate) const ROUNDS: usize = 7;

/// The contender whose other threads are counted too.
const OURS: &str = "traced";

pub(crate) struct Results(pub(crate) Vec<Measured>);

/// A contender in a situation.
pub(crate) struct Measured {
    pub(crate) situation: &'static Situation,
    pub(crate) entry: &'static Entry,
    /// The medians.
    pub(crate) figures: Figures,
    pub(crate) rounds: Vec<Figures>,
}

impl Results {
    pub(crate) fn measure(
        situations: &[&'static Situation],
        contenders: &[&'static Entry],
    ) -> Result<Results> {
        let mut results = Vec::new();
        for group in groups(situations) {
            let pairs = group.into_iter().flat_map(|situation| {
                let takes = contenders.iter().filter(|entry| entry.takes(situation));
                takes.map(move |entry| (situation, *entry))
            });
            results.extend(rounds(pairs.collect())?);
        }
        if instructions::is_there() {
            for measured in &mut results {
                measured.count()?;
            }
        }
        Ok(Results(results))
    }

    pub(crate) fn find(&self, situation: &str, contender: &str) -> Option<&Measured> {
        let mut all = self.0.iter();
        all.find(|one| one.situation.name == situation && one.entry.name == contender)
    }

    /// Returns the figures by situation and contender.
    pub(crate) fn json(&self) -> Value {
        let mut situations = BTreeMap::<_, BTreeMap<_, _>>::new();
        for one in &self.0 {
            let contenders = situations.entry(one.situation.name).or_default();
            contenders.insert(one.entry.name, &one.figures);
        }
        json!(situations)
    }
}

impl Measured {
    /// Counts instructions in the situations where that is useful.
    fn count(&mut self) -> Result<()> {
        let Measured {
            situation,
            entry,
            figures,
            ..
        } = self;
        if situation.is_counted() {
            let counts = instructions::count(entry, situation)?;
            figures.instructions = Some(counts.instructions);
            figures.allocations = Some(counts.allocations);
            figures.locked = counts.locked;
        }
        // The exporter of others meets its time limit under callgrind.
        if situation.otlp.is_some() && entry.name == OURS {
            figures.background = Some(instructions::count_background(entry, situation)?);
        }
        Ok(())
    }
}

/// Returns the groups of situations whose contenders take turns: each situation alone, except for
/// those that are compared.
fn groups(situations: &[&'static Situation]) -> Vec<Vec<&'static Situation>> {
    let mut groups: Vec<Vec<&'static Situation>> = Vec::new();
    for situation in situations {
        let is_compared = |other: &&Situation| {
            let mut all = COMPARED.iter();
            all.any(|names| names.contains(&other.name) && names.contains(&situation.name))
        };
        match groups
            .iter_mut()
            .find(|group| group.iter().any(is_compared))
        {
            Some(group) => group.push(situation),
            None => groups.push(vec![situation]),
        }
    }
    groups
}

/// Measures contenders in situations, side by side.
fn rounds(pairs: Vec<(&'static Situation, &'static Entry)>) -> Result<Vec<Measured>> {
    let start = |(situation, entry): &(&'static _, &'static _)| Child::start(entry, situation);
    let mut children: Vec<Child> = pairs.iter().map(start).collect::<Result<_>>()?;
    let mut rounds = vec![Vec::new(); children.len()];
    for _ in 0..=ROUNDS {
        for (round, rounds) in round(&pairs, &mut children)?.into_iter().zip(&mut rounds) {
            rounds.push(round);
        }
    }
    children.into_iter().try_for_each(Child::end)?;
    let measured = |((situation, entry), mut rounds): (_, Vec<_>)| {
        rounds.remove(0);
        Measured {
            situation,
            entry,
            figures: Figures::of_rounds(&rounds),
            rounds,
        }
    };
    Ok(pairs.into_iter().zip(rounds).map(measured).collect())
}

/// Runs one round of each, in turns.
fn round(
    pairs: &[(&'static Situation, &'static Entry)],
    children: &mut [Child],
) -> Result<Vec<Figures>> {
    let mut turns = vec![Vec::new(); children.len()];
    let most = pairs.iter().map(|(situation, _)| situation.turns()).max();
    for _ in 0..most.unwrap_or_default() {
        for (child, turns) in children.iter_mut().zip(&mut turns) {
            turns.push(child.turn()?);
        }
    }
    Ok(turns.iter().map(|turns| Figures::of_turns(turns)).collect())
}
