//! Puts `#[traced]` on every function of published crates, and reports what breaks.

mod annotated;
mod diagnostics;
mod functions;
mod package;
mod settle;
mod source;
mod suite;
mod trial;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use anyhow::{Result, ensure};

use crate::source::Spec;
use crate::trial::Outcome;

fn main() -> Result<ExitCode> {
    let specs = env::args()
        .skip(1)
        .map(|text| text.parse())
        .collect::<Result<Vec<Spec>>>()?;
    ensure!(
        !specs.is_empty(),
        "usage: cargo run -p traced-annotate -- NAME@VERSION[+FEATURE]… …"
    );
    let work = work_folder()?;
    println!(
        "| crate | functions | failed | recursion limit | new warnings | tests | broken: off | SDK | ours | spans: SDK | ours |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|");
    let mut is_clean = true;
    for spec in &specs {
        match trial::run(spec, &work) {
            Ok(outcome) => {
                print(&outcome);
                is_clean &= outcome.is_clean();
            }
            Err(error) => {
                println!("| {spec} | {error:#} |");
                is_clean = false;
            }
        }
    }
    Ok(if is_clean {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Returns the folder `annotate` in cargo's target folder.
fn work_folder() -> Result<PathBuf> {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target");
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(default, PathBuf::from);
    let work = target.join("annotate");
    fs::create_dir_all(&work)?;
    Ok(work.canonicalize()?)
}

fn print(outcome: &Outcome) {
    let [off, standard, native] = &outcome.broken;
    let [ended, exported] = outcome.spans;
    println!(
        "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {ended} | {exported} |",
        outcome.title,
        outcome.annotated,
        outcome.settled.failed.len(),
        outcome.settled.recursion_limit.len(),
        outcome.settled.warnings.len(),
        outcome.tests,
        off.len(),
        standard.len(),
        native.len(),
    );
    let details = [
        ("failed", &outcome.settled.failed),
        ("recursion limit", &outcome.settled.recursion_limit),
        ("new warning", &outcome.settled.warnings),
        ("broken without a provider", off),
        ("broken with the SDK's provider", standard),
        ("broken with our provider", native),
        ("left out", &outcome.left_out),
    ];
    for (what, lines) in details {
        for line in lines {
            println!("    {what}: {line}");
        }
    }
}
