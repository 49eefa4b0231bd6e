//! Measures what annotating 1,000 functions costs at compile time, compared with `tracing` and
//! `fastrace`.

mod generate;
mod measure;
mod variant;

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::Result;

use crate::generate::FUNCTIONS;
use crate::measure::Cost;
use crate::variant::{BARE, PLAIN, RECORDING, Variant};

/// The number of repetitions, the best of which counts, unless the command line names another
/// number.
const REPETITIONS: usize = 3;

fn main() -> Result<()> {
    let work = work_folder()?;
    let variants: Vec<&Variant> = [&PLAIN]
        .into_iter()
        .chain(&BARE)
        .chain(&RECORDING)
        .collect();
    for variant in &variants {
        let folder = work.join(variant.name);
        generate::package(&folder, variant)?;
        // The first time, dependencies are built; it does not count.
        measure::cost(&folder, variant.name, &work.join("build"))?;
    }
    let mut costs = vec![Cost::WORST; variants.len()];
    let repetitions = match env::args().nth(1) {
        Some(number) => number.parse()?,
        None => REPETITIONS,
    };
    for _ in 0..repetitions {
        for (variant, best) in variants.iter().zip(&mut costs) {
            let cost = measure::cost(&work.join(variant.name), variant.name, &work.join("build"))?;
            *best = best.best(cost);
        }
    }
    print(&variants, &costs);
    Ok(())
}

/// Returns the folder `bench-compile` in cargo's target folder.
fn work_folder() -> Result<PathBuf> {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target");
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(default, PathBuf::from);
    let work = target.join("bench-compile");
    fs::create_dir_all(&work)?;
    Ok(work.canonicalize()?)
}

fn print(variants: &[&Variant], costs: &[Cost]) {
    let plain = costs[0];
    println!("| {FUNCTIONS} functions | check CPU | release CPU | text |");
    println!("|---|---|---|---|");
    println!(
        "| unannotated | {:.2} s | {:.2} s | {:.0} K |",
        plain.check,
        plain.release,
        plain.text / 1e3
    );
    let additions: Vec<Cost> = costs.iter().map(|cost| *cost - plain).collect();
    for (variant, addition) in variants.iter().zip(&additions).skip(1) {
        println!(
            "| `{}` | +{:.2} s | +{:.2} s | +{:.0} K |",
            variant.attribute,
            addition.check,
            addition.release,
            addition.text / 1e3
        );
    }
    println!("\n| ratio | target | no argument | two arguments |\n|---|---|---|---|");
    let (bare, recording) = additions[1..].split_at(BARE.len());
    row(
        "check, traced / fastrace",
        "1.0",
        |ours, _, fastrace| ours.check / fastrace.check,
        bare,
        recording,
    );
    row(
        "release, traced / fastrace",
        "0.6",
        |ours, _, fastrace| ours.release / fastrace.release,
        bare,
        recording,
    );
    row(
        "text, traced / tracing",
        "0.6",
        |ours, tracing, _| ours.text / tracing.text,
        bare,
        recording,
    );
    row(
        "text, bytes a function",
        "600",
        |ours, _, _| ours.text / f64::from(FUNCTIONS),
        bare,
        recording,
    );
}

/// Returns a row with the results of `ratio` for the additional costs of ours, of `tracing` and of
/// `fastrace`.
fn row(
    what: &str,
    target: &str,
    ratio: impl Fn(&Cost, &Cost, &Cost) -> f64,
    bare: &[Cost],
    recording: &[Cost],
) {
    let of = |costs: &[Cost]| ratio(&costs[0], &costs[1], &costs[2]);
    println!(
        "| {what} | ≤ {target} | {:.2} | {:.2} |",
        of(bare),
        of(recording)
    );
}
