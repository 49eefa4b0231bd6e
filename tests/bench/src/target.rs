//! What `traced` shall cost: ratios to peers in the same run, and absolute figures that do not move with the machine.

use crate::figures::Figures;
use crate::results::Results;

pub(crate) struct Target {
    figure: Figure,
    situation: &'static str,
    contender: &'static str,
    bound: Bound,
    /// A situation and a contender the figure is compared with.
    peer: Option<(&'static str, &'static str)>,
}

enum Figure {
    Ns,
    ProcessNs,
    Instructions,
    Allocations,
    ArrivedPerSecond,
}

enum Bound {
    AtMost(f64),
    AtLeast(f64),
}

impl Target {
    const fn new(
        figure: Figure,
        situation: &'static str,
        bound: Bound,
        peer: Option<(&'static str, &'static str)>,
    ) -> Target {
        Target {
            figure,
            situation,
            contender: "traced",
            bound,
            peer,
        }
    }

    /// The time at most so many times that of a peer in the same situation.
    const fn time(situation: &'static str, limit: f64, peer: &'static str) -> Target {
        let bound = Bound::AtMost(limit);
        Target::new(Figure::Ns, situation, bound, Some((situation, peer)))
    }

    /// The time of the whole process at most so many times that of a peer.
    const fn process(
        situation: &'static str,
        limit: f64,
        peer: (&'static str, &'static str),
    ) -> Target {
        let bound = Bound::AtMost(limit);
        Target::new(Figure::ProcessNs, situation, bound, Some(peer))
    }

    const fn on(self, contender: &'static str) -> Target {
        Target { contender, ..self }
    }

    /// A line of the table: what, the bound, what it is, and whether that is met.
    pub(crate) fn line(&self, results: &Results) -> String {
        let what = format!(
            "{}, `{}`: {}",
            self.situation,
            self.contender,
            self.figure.name()
        );
        let what = match self.peer {
            Some((situation, peer)) if situation == self.situation => format!("{what} / `{peer}`"),
            Some((situation, peer)) => format!("{what} / `{peer}`, {situation}"),
            None => what,
        };
        let (bound, is_met) = match self.bound {
            Bound::AtMost(limit) => (
                format!("≤ {limit}"),
                self.value(results).map(|is| is <= limit),
            ),
            Bound::AtLeast(limit) => (
                format!("≥ {limit}"),
                self.value(results).map(|is| is >= limit),
            ),
        };
        let value = self
            .value(results)
            .map_or_else(|| "–".to_owned(), |is| format!("{is:.2}"));
        let verdict = is_met.map_or("not measured", |is| if is { "met" } else { "**missed**" });
        format!("| {what} | {bound} | {value} | {verdict} |")
    }

    /// The figure, or its ratio to the peer's.
    fn value(&self, results: &Results) -> Option<f64> {
        let of = |situation, contender| self.figure.of(results.find(situation, contender)?);
        let own = of(self.situation, self.contender)?;
        match self.peer {
            Some((situation, contender)) => Some(own / of(situation, contender)?),
            None => Some(own),
        }
    }
}

impl Figure {
    fn of(&self, figures: &Figures) -> Option<f64> {
        match self {
            Figure::Ns => Some(figures.ns),
            Figure::ProcessNs => Some(figures.process_ns),
            Figure::Instructions => figures.instructions,
            Figure::Allocations => figures.allocations,
            Figure::ArrivedPerSecond => figures.arrived_per_second,
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Figure::Ns => "ns",
            Figure::ProcessNs => "process ns",
            Figure::Instructions => "instructions",
            Figure::Allocations => "allocations",
            Figure::ArrivedPerSecond => "exported/s",
        }
    }
}

/// Those of the build that this is.
pub(crate) const TARGETS: &[Target] = if cfg!(debug_assertions) {
    UNOPTIMISED
} else {
    OPTIMISED
};

const UNOPTIMISED: &[Target] = &[
    Target::time("recorded-0", 0.5, "tracing"),
    Target::time("recorded-2", 0.5, "tracing"),
    Target::time("error", 0.5, "tracing"),
    Target::time("async", 0.5, "tracing"),
];

const OPTIMISED: &[Target] = &[
    Target::time("off", 1.5, "tracing"),
    Target::new(Figure::Instructions, "off", Bound::AtMost(45.0), None),
    Target::time("unsampled", 1.0, "fastrace"),
    Target::new(
        Figure::Instructions,
        "unsampled",
        Bound::AtMost(140.0),
        None,
    ),
    Target::time("unsampled-async", 0.2, "fastrace"),
    Target::time("recorded-2", 0.95, "raw").on("traced-sdk"),
    Target::time("recorded-2", 0.33, "tracing").on("traced-sdk"),
    Target::time("recorded-2", 0.60, "fastrace"),
    Target::time("recorded-2", 0.28, "raw"),
    Target::time("recorded-2", 0.09, "tracing"),
    Target::new(
        Figure::Instructions,
        "recorded-2",
        Bound::AtMost(1100.0),
        None,
    ),
    Target::new(Figure::Allocations, "recorded-2", Bound::AtMost(2.0), None),
    Target::time("recorded-0", 1.6, "fastrace"),
    Target::time("recorded-0", 0.35, "raw"),
    Target::time("recorded-0", 0.09, "tracing"),
    Target::new(
        Figure::ArrivedPerSecond,
        "saturated",
        Bound::AtLeast(1.7),
        Some(("saturated", "raw")),
    ),
    Target::time("error", 0.65, "fastrace"),
    Target::time("error", 0.07, "tracing"),
    Target::time("async", 0.55, "fastrace"),
    Target::time("async", 0.09, "tracing"),
    Target::new(
        Figure::Ns,
        "two-threads",
        Bound::AtMost(1.05),
        Some(("recorded-2", "traced")),
    ),
    Target::new(
        Figure::ProcessNs,
        "recorded-2",
        Bound::AtMost(0.6),
        Some(("recorded-2", "raw")),
    ),
    Target::new(
        Figure::ProcessNs,
        "adaptive",
        Bound::AtMost(0.55),
        Some(("recorded-2", "traced")),
    ),
    Target::process("otlp", 0.30, ("otlp", "raw")),
    Target::process("otlp", 0.14, ("otlp", "tracing")),
    Target::process("otlp", 0.30, ("otlp", "fastrace")),
    Target::process("otlp-error", 0.22, ("otlp-error", "raw")),
    Target::process("otlp-adaptive", 0.5, ("otlp", "traced")),
];
