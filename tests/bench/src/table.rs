//! Prints the results as tables in Markdown, with a row for each contender and a column for each
//! situation.

use crate::contender::Entry;
use crate::contenders::CONTENDERS;
use crate::figures::Figures;
use crate::instructions;
use crate::place;
use crate::results::{Measured, ROUNDS, Results};
use crate::situation::{SITUATIONS, Situation};
use crate::target::TARGETS;

/// A table, and what its cells hold.
struct Table {
    title: &'static str,
    cell: fn(&Figures) -> Option<String>,
    /// Returns `true` for the situations that it shows.
    shows: fn(&Situation) -> bool,
}

pub(crate) fn print(results: &Results) {
    let build = if cfg!(debug_assertions) {
        "Without optimization"
    } else {
        "Optimized"
    };
    println!("## {build}\n\n{}\n", place::description());
    println!("Medians of {ROUNDS} rounds, with the lowest and the highest.");
    for table in TABLES {
        table.print(results);
    }
    print_targets(results);
    if !instructions::is_there() {
        println!("\nInstructions are not counted: there is no valgrind.");
    }
    print_wrong(results);
}

/// Prints which contenders lost spans although none may be lost.
fn print_wrong(results: &Results) {
    for Measured {
        situation,
        entry,
        figures,
        ..
    } in &results.0
    {
        if figures.is_false() {
            let Figures { made, arrived, .. } = figures;
            let (name, situation) = (entry.name, situation.name);
            println!(
                "\n**Wrong**: of {made} spans of `{name}` in `{situation}` {arrived} arrived."
            );
        }
    }
}

const TABLES: &[Table] = &[
    Table {
        title: "Calling thread, ns a span",
        cell: |figures| Some(with_range(figures.ns, figures.ns_range)),
        shows: |situation| situation.otlp.is_none() && !situation.is_saturated(),
    },
    Table {
        title: "Calling thread, instructions a span",
        cell: |figures| figures.instructions.map(|count| format!("{count:.0}")),
        shows: |_| true,
    },
    Table {
        title: "Calling thread, allocations and locked operations a span",
        cell: |figures| {
            let allocations = figures.allocations?;
            let locked = figures.locked.map(|count| format!(", {count:.1}"));
            Some(format!("{allocations:.1}{}", locked.unwrap_or_default()))
        },
        shows: |_| true,
    },
    Table {
        title: "Whole process, ns a span",
        cell: |figures| Some(with_range(figures.process_ns, figures.process_range)),
        shows: |situation| situation.is_recorded() && !situation.is_saturated(),
    },
    Table {
        title: "Threads behind the calling one, instructions a span",
        cell: |figures| figures.background.map(|count| format!("{count:.0}")),
        shows: |_| true,
    },
    Table {
        title: "Sent over OTLP, bytes a span",
        cell: |figures| figures.bytes.map(|bytes| format!("{bytes:.0}")),
        shows: |_| true,
    },
    Table {
        title: "Exported while one thread does not wait, millions a second, and the part of the spans",
        cell: |figures| {
            let speed = figures.arrived_per_second? / 1e6;
            let part = 100.0 * f64::from(figures.arrived) / f64::from(figures.made);
            Some(format!("{speed:.2}, {part:.0} %"))
        },
        shows: |_| true,
    },
];

impl Table {
    /// Prints the table, if there is anything in it.
    fn print(&self, results: &Results) {
        let cell = |situation: &Situation, entry: &Entry| {
            let measured = results.find(situation.name, entry.name)?;
            (self.cell)(&measured.figures)
        };
        let is_shown = |situation: &&Situation| {
            let mut entries = CONTENDERS.iter();
            (self.shows)(situation) && entries.any(|entry| cell(situation, entry).is_some())
        };
        let columns: Vec<&Situation> = SITUATIONS.iter().filter(is_shown).collect();
        if columns.is_empty() {
            return;
        }
        print_row(&format!("\n| {} |", self.title), &columns, |situation| {
            format!("`{}`", situation.name)
        });
        println!("|---|{}", "---|".repeat(columns.len()));
        for entry in CONTENDERS {
            if columns
                .iter()
                .any(|situation| cell(situation, entry).is_some())
            {
                let text = |situation: &Situation| cell(situation, entry).unwrap_or_default();
                print_row(&format!("| `{}` |", entry.name), &columns, text);
            }
        }
    }
}

fn print_row(start: &str, columns: &[&Situation], text: impl Fn(&Situation) -> String) {
    let cells = columns
        .iter()
        .map(|situation| format!(" {} |", text(situation)));
    println!("{start}{}", cells.collect::<String>());
}

fn print_targets(results: &Results) {
    println!("\n| what | target | is | |\n|---|---|---|---|");
    for target in TARGETS.iter().filter(|target| target.is_asked(results)) {
        println!("{}", target.line(results));
    }
}

fn with_range(figure: f64, [low, high]: [f64; 2]) -> String {
    let digits = usize::from(figure < 20.0);
    format!("{figure:.digits$} ({low:.digits$}–{high:.digits$})")
}
