//! The targets for what `traced` may cost: ratios to peers in the same run, and absolute figures
//! that do not depend on the machine.

use crate::figures::{self, Figures};
use crate::results::Results;

pub(crate) struct Target {
    figure: Figure,
    situation: &'static str,
    contender: &'static str,
    bound: Bound,
    /// The situation and the contender that the figure is compared with.
    peer: Option<(&'static str, &'static str)>,
}

#[derive(Clone, Copy)]
enum Figure {
    Ns,
    ProcessNs,
    Instructions,
    Allocations,
    Locked,
    Background,
    ArrivedPerSecond,
}

#[derive(Clone, Copy)]
enum Bound {
    AtMost(f64),
    AtLeast(f64),
}

impl Target {
    /// Returns the target that a figure is at most `limit`.
    const fn count(figure: Figure, situation: &'static str, limit: f64) -> Target {
        Target {
            figure,
            situation,
            contender: "traced",
            bound: Bound::AtMost(limit),
            peer: None,
        }
    }

    const fn instructions(situation: &'static str, limit: f64) -> Target {
        Target::count(Figure::Instructions, situation, limit)
    }

    /// Returns the target that the time is at most `limit` times that of a peer in the same
    /// situation.
    const fn time(situation: &'static str, limit: f64, peer: &'static str) -> Target {
        Target::count(Figure::Ns, situation, limit).to(situation, peer)
    }

    /// Returns the same target for the time of the whole process.
    const fn process(situation: &'static str, limit: f64, peer: &'static str) -> Target {
        Target::count(Figure::ProcessNs, situation, limit).to(situation, peer)
    }

    const fn to(self, situation: &'static str, peer: &'static str) -> Target {
        Target {
            peer: Some((situation, peer)),
            ..self
        }
    }

    const fn on(self, contender: &'static str) -> Target {
        Target { contender, ..self }
    }

    /// Returns `true` if the figure was measured.
    pub(crate) fn is_asked(&self, results: &Results) -> bool {
        let peer = self.peer.unwrap_or((self.situation, self.contender));
        [(self.situation, self.contender), peer]
            .into_iter()
            .all(|(situation, contender)| results.find(situation, contender).is_some())
    }

    /// Returns a line of the table: the figure, its limit, its value, and whether the target is
    /// met.
    pub(crate) fn line(&self, results: &Results) -> String {
        let (sign, limit) = match self.bound {
            Bound::AtMost(limit) => ('≤', limit),
            Bound::AtLeast(limit) => ('≥', limit),
        };
        let value = self.value(results);
        let is = value.map_or_else(|| "–".to_owned(), |value| self.format(value));
        let verdict = match value {
            None => "not measured",
            Some((value, _)) if self.bound.is_met(value) => "met",
            Some(_) => "**missed**",
        };
        format!("| {} | {sign} {limit} | {is} | {verdict} |", self.what())
    }

    fn what(&self) -> String {
        let (situation, contender) = (self.situation, self.contender);
        let what = format!("{situation}, `{contender}`: {}", self.figure.name());
        match self.peer {
            Some((of, peer)) if of == situation => format!("{what} / `{peer}`"),
            Some((of, peer)) => format!("{what} / `{peer}`, {of}"),
            None => what,
        }
    }

    fn format(&self, (value, [low, high]): (f64, [f64; 2])) -> String {
        match (self.peer, self.figure) {
            (Some(_), _) => format!("{value:.2} ({low:.2}–{high:.2})"),
            (None, Figure::Allocations | Figure::Locked) => format!("{value:.1}"),
            (None, _) => format!("{value:.0}"),
        }
    }

    /// Returns the figure, or the median of its ratio to the peer's in each round, with the lowest
    /// and the highest value.
    fn value(&self, results: &Results) -> Option<(f64, [f64; 2])> {
        let own = results.find(self.situation, self.contender)?;
        let Some((situation, contender)) = self.peer else {
            let figure = self.figure.of(&own.figures)?;
            return Some((figure, [figure; 2]));
        };
        let peer = results.find(situation, contender)?;
        let rounds = own.rounds.iter().zip(&peer.rounds);
        let ratio = |(own, peer)| Some(self.figure.of(own)? / self.figure.of(peer)?);
        let ratios: Vec<f64> = rounds.map(ratio).collect::<Option<_>>()?;
        let range = figures::range(ratios.iter().copied());
        Some((figures::median(ratios), range))
    }
}

impl Bound {
    fn is_met(self, value: f64) -> bool {
        match self {
            Bound::AtMost(limit) => value <= limit,
            Bound::AtLeast(limit) => value >= limit,
        }
    }
}

impl Figure {
    fn of(self, figures: &Figures) -> Option<f64> {
        match self {
            Figure::Ns => Some(figures.ns),
            Figure::ProcessNs => Some(figures.process_ns),
            Figure::Instructions => figures.instructions,
            Figure::Allocations => figures.allocations,
            Figure::Locked => figures.locked,
            Figure::Background => figures.background,
            Figure::ArrivedPerSecond => figures.arrived_per_second,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Figure::Ns => "ns",
            Figure::ProcessNs => "process ns",
            Figure::Instructions => "instructions",
            Figure::Allocations => "allocations",
            Figure::Locked => "locked operations",
            Figure::Background => "instructions of the other threads",
            Figure::ArrivedPerSecond => "exported/s",
        }
    }
}

/// The targets for this kind of build.
pub(crate) const TARGETS: &[Target] = if cfg!(debug_assertions) {
    UNOPTIMIZED
} else {
    OPTIMIZED
};

const UNOPTIMIZED: &[Target] = &[
    Target::time("recorded-0", 0.5, "tracing"),
    Target::time("recorded-2", 0.5, "tracing"),
    Target::time("error", 0.5, "tracing"),
    Target::time("async", 0.5, "tracing"),
];

const OPTIMIZED: &[Target] = &[
    Target::time("off", 1.5, "tracing"),
    Target::instructions("off", 45.0),
    Target::time("unsampled", 1.0, "fastrace"),
    Target::instructions("unsampled", 140.0),
    Target::time("unsampled-async", 0.2, "fastrace"),
    Target::instructions("recorded-2", 1_300.0),
    Target::time("recorded-2", 0.60, "fastrace"),
    Target::time("recorded-2", 0.33, "raw"),
    Target::time("recorded-2", 0.10, "tracing"),
    Target::count(Figure::Allocations, "recorded-2", 2.0),
    Target::count(Figure::Locked, "recorded-2", 2.0),
    Target::instructions("recorded-0", 1_150.0),
    Target::time("recorded-0", 1.5, "fastrace"),
    Target::time("recorded-0", 0.35, "raw"),
    Target::time("recorded-0", 0.10, "tracing"),
    Target::instructions("error", 1_900.0),
    Target::time("error", 0.60, "fastrace"),
    Target::time("error", 0.10, "tracing"),
    Target::instructions("async", 1_660.0),
    Target::time("async", 0.65, "fastrace"),
    Target::time("async", 0.09, "tracing"),
    Target::instructions("nested", 1_250.0),
    Target::time("recorded-2", 1.1, "traced").on("traced-own-sampler"),
    Target::time("recorded-2", 1.15, "raw").on("traced-sdk"),
    Target::time("recorded-2", 0.38, "tracing").on("traced-sdk"),
    Target::instructions("recorded-2", 3_150.0).on("traced-sdk"),
    Target::count(Figure::Ns, "two-threads", 1.05).to("recorded-2", "traced"),
    Target {
        bound: Bound::AtLeast(1.7),
        ..Target::count(Figure::ArrivedPerSecond, "saturated", 1.7).to("saturated", "raw")
    },
    Target::process("recorded-2", 0.6, "raw"),
    Target::process("otlp", 0.30, "raw"),
    Target::process("otlp", 0.14, "tracing"),
    Target::process("otlp", 0.30, "fastrace"),
    Target::process("otlp-error", 0.22, "raw"),
    Target::count(Figure::Background, "otlp", 700.0),
    Target::count(Figure::Background, "otlp-error", 1_800.0),
    Target::count(Figure::ProcessNs, "otlp-adaptive", 0.5).to("otlp", "traced"),
];
