//! The results as tables.

use crate::contender::Entry;
use crate::figures::Figures;
use crate::instructions;
use crate::results::Results;
use crate::situation::Situation;
use crate::target::TARGETS;

/// What the others are compared with: the first of these that was measured.
const OURS: [&str; 2] = ["traced", "traced-sdk"];

pub(crate) fn print(results: &Results) {
    for (situation, contenders) in &results.0 {
        print_situation(situation, contenders);
    }
    println!("## Targets\n\n| what | target | is | |\n|---|---|---|---|");
    for target in TARGETS {
        println!("{}", target.line(results));
    }
    if !instructions::is_there() {
        println!("\nInstructions and allocations are not counted: there is no valgrind.");
    }
}

fn print_situation(situation: &Situation, contenders: &[(&Entry, Figures)]) {
    let find = |name: &str| contenders.iter().find(|(entry, _)| entry.name == name);
    let ours = OURS.iter().find_map(|name| find(name));
    println!("## {}: {}\n", situation.name, situation.about);
    println!(
        "| contender | ns | / ours | process ns | / ours | bytes | instructions | allocations | exported |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for (entry, figures) in contenders {
        let ratio = |of: fn(&Figures) -> f64| ours.map(|(_, ours)| of(figures) / of(ours));
        println!(
            "| `{}` | {} | {} | {} | {} | {} | {} | {} | {} |",
            entry.name,
            with_range(figures.ns, figures.ns_range),
            optional(ratio(|figures| figures.ns), 2),
            with_range(figures.process_ns, figures.process_range),
            optional(ratio(|figures| figures.process_ns), 2),
            optional(figures.bytes, 0),
            optional(figures.instructions, 0),
            optional(figures.allocations, 1),
            exported(figures),
        );
    }
    println!();
}

fn with_range(figure: f64, [low, high]: [f64; 2]) -> String {
    format!("{figure:.1} ({low:.0}–{high:.0})")
}

fn optional(figure: Option<f64>, digits: usize) -> String {
    figure.map_or_else(String::new, |figure| format!("{figure:.digits$}"))
}

/// How many spans arrived of those that were made, and how fast.
fn exported(figures: &Figures) -> String {
    let Figures { made, arrived, .. } = figures;
    let counts = format!("{arrived} of {made}");
    match figures.arrived_per_second {
        Some(speed) => format!("{counts}, {:.2} M/s", speed / 1e6),
        None if figures.is_false() => format!("{counts} **wrong**"),
        None => counts,
    }
}
