//! Tries one crate: unchanged, annotated, and annotated with each provider.

use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};

use crate::annotated::Annotated;
use crate::package::Package;
use crate::settle::{Settled, settle};
use crate::source::{Source, Spec};
use crate::suite::Suite;

/// The manifest's lines for the dependency without a provider, with the SDK's, and with our own.
const RUNTIME: [&str; 3] = [
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
    concat!(
        "\n[dependencies.traced]\npackage = \"traced-recording\"\nfeatures = [\"native\"]\npath = \"",
        env!("CARGO_MANIFEST_DIR"),
        "/recording\"\n"
    ),
];

/// The outcome for a crate.
pub(crate) struct Outcome {
    pub(crate) title: String,
    /// The number of functions that have the attribute in the end.
    pub(crate) annotated: usize,
    pub(crate) settled: Settled,
    /// The number of tests that pass in the unchanged crate.
    pub(crate) tests: usize,
    /// The broken tests without a provider, with the SDK's, and with our own.
    pub(crate) broken: [Vec<String>; 3],
    /// The spans that the SDK's provider ended, and those that our own exported.
    pub(crate) spans: [u64; 2],
    /// The files and targets that were left out.
    pub(crate) left_out: Vec<String>,
}

impl Outcome {
    /// Returns `true` if the attribute broke nothing. The recursion limit does not count, since the
    /// crate can raise it.
    pub(crate) fn is_clean(&self) -> bool {
        self.settled.failed.is_empty()
            && self.settled.warnings.is_empty()
            && self.broken.iter().all(Vec::is_empty)
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
    ensure!(before.has_library, "does not compile as it is");
    let suite = Suite::of(&plain, &before.targets)?;

    let copy = package(&source.annotated);
    let lock = fs::read(source.plain.join("Cargo.lock"))?;
    fs::write(source.annotated.join("Cargo.lock"), lock)?;
    let manifest = source.annotated.join("Cargo.toml");
    let original = fs::read_to_string(&manifest)?;
    fs::write(&manifest, original.clone() + RUNTIME[0])?;
    let mut annotated = Annotated::new(&source.annotated)?;
    let settled = settle(&copy, &mut annotated, &before)?;
    let off = suite.broken(&plain, &copy)?;

    let record = |runtime: &str| {
        fs::write(&manifest, original.clone() + runtime)?;
        recorded(&suite, &plain, &copy)
    };
    let (standard, ended) = record(RUNTIME[1])?;
    let (native, exported) = record(RUNTIME[2])?;
    let left_out = before
        .left_out()
        .map(|target| format!("{target}: does not compile as it is"));
    Ok(Outcome {
        annotated: annotated.count(),
        settled,
        tests: suite.len(),
        broken: [off, standard, native],
        spans: [ended, exported],
        left_out: annotated.skipped.into_iter().chain(left_out).collect(),
        title: source.title,
    })
}

/// Returns the tests that a provider breaks, and the number of spans that it counts.
fn recorded(suite: &Suite, plain: &Package, copy: &Package) -> Result<(Vec<String>, u64)> {
    fs::create_dir(&copy.spans)?;
    let broken = suite.broken(plain, copy)?;
    let spans = count_spans(&copy.spans)?;
    fs::remove_dir_all(&copy.spans)?;
    Ok((broken, spans))
}

fn count_spans(folder: &Path) -> Result<u64> {
    let mut spans = 0;
    for entry in fs::read_dir(folder)? {
        let text = fs::read_to_string(entry?.path())?;
        spans += text.trim().parse().unwrap_or(0);
    }
    Ok(spans)
}
