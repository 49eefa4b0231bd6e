//! Arrows between rooms or between files, and the loops that they form.

use std::collections::{BTreeMap, BTreeSet};

/// What each room or file uses, each arrow with what it is there for.
#[derive(Default)]
pub(crate) struct Graph(BTreeMap<String, BTreeMap<String, BTreeSet<String>>>);

impl Graph {
    /// Adds an arrow. There are none from something to itself.
    pub(crate) fn add(&mut self, from: &str, to: &str, reason: &str) {
        if from != to {
            let arrows = self.0.entry(from.to_owned()).or_default();
            let reasons = arrows.entry(to.to_owned()).or_default();
            reasons.insert(reason.to_owned());
        }
    }

    /// Returns each arrow, with its reasons as one text.
    pub(crate) fn arrows(&self) -> impl Iterator<Item = (&str, &str, String)> {
        self.0.iter().flat_map(|(from, arrows)| {
            arrows.iter().map(|(to, reasons)| {
                let reasons: Vec<&str> = reasons.iter().map(String::as_str).collect();
                (from.as_str(), to.as_str(), reasons.join(", "))
            })
        })
    }

    /// Returns a line for each group whose members all reach each other, with the arrows in it.
    pub(crate) fn loops(&self) -> Vec<String> {
        let mut told = BTreeSet::new();
        let mut lines = Vec::new();
        for node in self.0.keys() {
            let group = self.looped(node);
            if told.contains(node.as_str()) || group.is_empty() {
                continue;
            }
            let arrows = self.arrows();
            let arrows = arrows.filter(|(from, to, _)| group.contains(from) && group.contains(to));
            let arrows = arrows.map(|(from, to, reasons)| format!("{from} uses {to} ({reasons})"));
            let arrows: Vec<String> = arrows.collect();
            lines.push(format!("a loop: {}", arrows.join("; ")));
            told.extend(group);
        }
        lines
    }

    /// Returns what is in a loop with `node`, or nothing if that is in none.
    fn looped<'g>(&'g self, node: &'g str) -> BTreeSet<&'g str> {
        let reached = self.reached(node);
        let back = |other: &&str| self.reached(other).contains(node);
        reached.into_iter().filter(back).collect()
    }

    /// Returns what can be reached from `node`, over one arrow or more.
    fn reached<'g>(&'g self, node: &'g str) -> BTreeSet<&'g str> {
        let mut reached = BTreeSet::new();
        let mut open = vec![node];
        while let Some(node) = open.pop() {
            let next = self.0.get(node).into_iter().flat_map(BTreeMap::keys);
            open.extend(
                next.map(String::as_str)
                    .filter(|node| reached.insert(*node)),
            );
        }
        reached
    }
}
