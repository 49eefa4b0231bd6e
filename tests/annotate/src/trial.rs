//! One crate: as it is, annotated, and annotated with a provider.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use cargo_metadata::diagnostic::Diagnostic;

use crate::annotated::Annotated;
use crate::diagnostics;
use crate::package::{Checked, Package, Selection, Test};
use crate::source::{self, Source, Spec};

/// Each takes the attribute off the functions that the compiler rejects; a crate that needs more is stuck.
const ROUNDS: usize = 40;

/// The manifest's lines for the dependency without a provider, and with one.
const RUNTIME: [&str; 2] = [
    concat!(
        "\n[dependencies.traced]\npath = \"",
        env!("CARGO_MANIFEST_DIR"),
        "/../../runtime\"\n"
    ),
    concat!(
        "\n[dependencies.traced]\npackage = \"traced-recording\"\npath = \"",
        env!("CARGO_MANIFEST_DIR"),
        "/recording\"\n"
    ),
];

/// What became of a crate.
pub(crate) struct Outcome {
    pub(crate) title: String,
    /// Functions that have the attribute in the end.
    pub(crate) annotated: usize,
    pub(crate) failed: Vec<String>,
    pub(crate) recursion_limit: Vec<String>,
    pub(crate) warnings: Vec<String>,
    pub(crate) tests: usize,
    /// Without a provider, and with one.
    pub(crate) broken: [Vec<String>; 2],
    pub(crate) spans: u64,
    /// Files and targets that were not looked at.
    pub(crate) left_out: Vec<String>,
}

impl Outcome {
    /// Whether the attribute broke nothing; the recursion limit is the crate's own to raise.
    pub(crate) fn is_clean(&self) -> bool {
        self.failed.is_empty() && self.warnings.is_empty() && self.broken.iter().all(Vec::is_empty)
    }
}

/// Runs the whole trial of a crate.
pub(crate) fn run(spec: &Spec, work: &Path) -> Result<Outcome> {
    let source = Source::fetch(spec, work)?;
    let package = |folder: &Path| Package {
        folder: folder.to_owned(),
        features: spec.features.join(","),
        build: work.join("build"),
        spans: source.folder.join("spans"),
    };
    let plain = package(&source.plain);
    let before = plain.check()?;
    let passing = all_passing(&plain, &before.targets)?;

    let copy = package(&source.annotated);
    let manifest = source.annotated.join("Cargo.toml");
    let original = fs::read_to_string(&manifest)?;
    fs::copy(
        source.plain.join("Cargo.lock"),
        source.annotated.join("Cargo.lock"),
    )?;
    source::append(&manifest, RUNTIME[0])?;
    let mut annotated = Annotated::new(&source.annotated)?;
    let mut rejected = Rejected::default();
    let warnings = settle(&copy, &mut annotated, &before, &mut rejected)?;
    let off = broken(&passing, &plain, &copy)?;

    fs::write(&manifest, original + RUNTIME[1])?;
    fs::create_dir(&copy.spans)?;
    let on = broken(&passing, &plain, &copy)?;
    let unchecked = before
        .left_out
        .iter()
        .map(|target| format!("{target}: does not compile as it is"));
    Ok(Outcome {
        annotated: annotated.count(),
        failed: rejected.failed,
        recursion_limit: rejected.recursion_limit,
        warnings,
        tests: passing.values().map(BTreeSet::len).sum(),
        broken: [off, on],
        spans: count_spans(&copy.spans)?,
        left_out: annotated.skipped.into_iter().chain(unchecked).collect(),
        title: source.title,
    })
}

#[derive(Default)]
struct Rejected {
    failed: Vec<String>,
    recursion_limit: Vec<String>,
}

/// Takes the attribute off functions until the copy compiles, and returns the new warnings.
fn settle(
    copy: &Package,
    annotated: &mut Annotated,
    before: &Checked,
    rejected: &mut Rejected,
) -> Result<Vec<String>> {
    for round in 1..=ROUNDS {
        let after = copy.check()?;
        let new = diagnostics::new(&before.diagnostics, &after.diagnostics);
        let (errors, warnings): (Vec<_>, Vec<_>) =
            new.iter().partition(|new| diagnostics::is_error(new));
        if errors.is_empty() {
            let listed = |warning: &&Diagnostic| {
                format!(
                    "{} {}",
                    diagnostics::place(warning),
                    diagnostics::title(warning)
                )
            };
            return Ok(warnings.iter().map(listed).collect());
        }
        let rendered: String = errors.iter().map(ToString::to_string).collect();
        fs::write(copy.folder.join(format!("errors-{round}.txt")), rendered)?;
        reject(&errors, annotated, rejected)?;
    }
    bail!("does not compile after {ROUNDS} rounds")
}

fn reject(
    errors: &[&Diagnostic],
    annotated: &mut Annotated,
    rejected: &mut Rejected,
) -> Result<()> {
    let mut blamed = BTreeMap::<_, Vec<_>>::new();
    for error in errors {
        if let Some(function) = diagnostics::blame(error, annotated) {
            blamed.entry(function).or_default().push(*error);
        }
    }
    if blamed.is_empty() {
        let error = errors.first().context("no error")?;
        bail!(
            "an error in no annotated function: {} {}",
            diagnostics::place(error),
            diagnostics::title(error)
        );
    }
    for (function, errors) in &blamed {
        let line = format!(
            "{}: {}",
            annotated.place(*function),
            diagnostics::title(errors[0])
        );
        if errors
            .iter()
            .all(|error| diagnostics::is_recursion_limit(error))
        {
            rejected.recursion_limit.push(line);
        } else {
            rejected.failed.push(line);
        }
    }
    annotated.take_off(blamed.into_keys())
}

fn all_passing(
    package: &Package,
    targets: &BTreeSet<Selection>,
) -> Result<BTreeMap<Selection, BTreeSet<Test>>> {
    let passing = |target: &Selection| Ok((target.clone(), package.passing(target)?));
    targets.iter().map(passing).collect()
}

/// The tests that pass in the plain copy and not in the other, neither together nor alone.
fn broken(
    passing: &BTreeMap<Selection, BTreeSet<Test>>,
    plain: &Package,
    copy: &Package,
) -> Result<Vec<String>> {
    let mut broken = Vec::new();
    for (target, expected) in passing {
        let found = copy.passing(target)?;
        for test in expected.difference(&found) {
            if !copy.passes_alone(test)? && plain.passes_alone(test)? {
                broken.push(test.to_string());
            }
        }
    }
    Ok(broken)
}

fn count_spans(folder: &Path) -> Result<u64> {
    let mut spans = 0;
    for entry in fs::read_dir(folder)? {
        let text = fs::read_to_string(entry?.path())?;
        spans += text.trim().parse().unwrap_or(0);
    }
    Ok(spans)
}
