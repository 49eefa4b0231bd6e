//! The whole run: each situation, its contenders taking turns.

use serde_json::{Map, Value, json};

use anyhow::Result;

use crate::child::Child;
use crate::contender::Entry;
use crate::figures::Figures;
use crate::instructions;
use crate::situation::Situation;

/// The medians are of so many rounds, after one that does not count.
const ROUNDS: usize = 7;

pub(crate) struct Results(pub(crate) Vec<(&'static Situation, Vec<(&'static Entry, Figures)>)>);

impl Results {
    pub(crate) fn measure(
        situations: &[&'static Situation],
        contenders: &[&'static Entry],
    ) -> Result<Results> {
        let has_callgrind = instructions::is_there();
        let mut results = Vec::new();
        for situation in situations {
            let takes = contenders.iter().filter(|entry| entry.takes(situation));
            let entries: Vec<&'static Entry> = takes.copied().collect();
            if entries.is_empty() {
                continue;
            }
            let mut figures = rounds(situation, &entries)?;
            if has_callgrind && situation.is_counted() {
                for (entry, figures) in entries.iter().zip(&mut figures) {
                    let (instructions, allocations) = instructions::count(entry, situation)?;
                    figures.instructions = Some(instructions);
                    figures.allocations = Some(allocations);
                }
            }
            results.push((*situation, entries.into_iter().zip(figures).collect()));
        }
        Ok(Results(results))
    }

    pub(crate) fn find(&self, situation: &str, contender: &str) -> Option<&Figures> {
        let (_, contenders) = self.0.iter().find(|(is, _)| is.name == situation)?;
        let (_, figures) = contenders.iter().find(|(is, _)| is.name == contender)?;
        Some(figures)
    }

    /// Situation → contender → figures.
    pub(crate) fn json(&self) -> Value {
        let object = |(situation, contenders): &(&Situation, Vec<(&Entry, Figures)>)| {
            let figures = contenders.iter();
            let figures = figures.map(|(entry, figures)| (entry.name.to_owned(), json!(figures)));
            (
                situation.name.to_owned(),
                figures.collect::<Map<_, _>>().into(),
            )
        };
        Value::Object(self.0.iter().map(object).collect())
    }
}

/// The figures of the contenders, in their order.
fn rounds(situation: &Situation, entries: &[&Entry]) -> Result<Vec<Figures>> {
    let start = |entry: &&Entry| Child::start(entry, situation);
    let mut children: Vec<Child> = entries.iter().map(start).collect::<Result<_>>()?;
    let mut rounds = vec![Vec::new(); children.len()];
    for _ in 0..=ROUNDS {
        for (round, rounds) in round(situation, &mut children)?
            .into_iter()
            .zip(&mut rounds)
        {
            rounds.push(round);
        }
    }
    children.into_iter().try_for_each(Child::end)?;
    Ok(rounds
        .iter()
        .map(|rounds| Figures::of_rounds(&rounds[1..]))
        .collect())
}

/// One round of each, in turns.
fn round(situation: &Situation, children: &mut [Child]) -> Result<Vec<Figures>> {
    let mut turns = vec![Vec::new(); children.len()];
    for _ in 0..situation.turns() {
        for (child, turns) in children.iter_mut().zip(&mut turns) {
            turns.push(child.turn()?);
        }
    }
    Ok(turns.iter().map(|turns| Figures::of_turns(turns)).collect())
}
