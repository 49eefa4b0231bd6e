//! Runs cargo on one copy of a crate, for its diagnostics, and for the tests that pass.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use cargo_metadata::diagnostic::Diagnostic;
use cargo_metadata::{Artifact, CompilerMessage, Message, Target};

/// The time limit of a target, in seconds. Tests that take longer count as hanging.
const SECONDS_PER_TARGET: &str = "900";
/// The crates that are optimized. Tests that call a function a million times would take hours
/// otherwise.
const OPTIMIZED: [&str; 4] = [
    "opentelemetry",
    "opentelemetry_sdk",
    "traced",
    "traced-recording",
];
/// The name of the only test in a target that has no list of them.
const WHOLE_TARGET: &str = "(the whole target)";

/// A crate in a folder.
pub(crate) struct Package {
    pub(crate) folder: PathBuf,
    pub(crate) features: String,
    /// The folder in which it is built.
    pub(crate) build: PathBuf,
    /// The folder in which the spans of its tests are counted.
    pub(crate) spans: PathBuf,
}

/// The output of `cargo check`.
#[derive(Default)]
pub(crate) struct Checked {
    /// The diagnostics about the package itself.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// `true` if the library compiles, without its tests.
    pub(crate) has_library: bool,
    /// The targets whose tests compile.
    pub(crate) targets: BTreeSet<Selection>,
    /// The targets that the output mentions.
    mentioned: BTreeSet<Selection>,
}

impl Checked {
    /// Returns the targets whose tests do not compile.
    pub(crate) fn left_out(&self) -> impl Iterator<Item = &Selection> {
        self.mentioned.difference(&self.targets)
    }

    fn hear(&mut self, message: CompilerMessage) {
        self.mentioned.insert(Selection::of(&message.target));
        self.diagnostics.push(message.message);
    }

    fn see(&mut self, artifact: &Artifact) {
        if artifact.profile.test {
            self.targets.insert(Selection::of(&artifact.target));
        } else {
            self.has_library |= Selection::of(&artifact.target) == Selection::library();
        }
    }
}

/// A target, as cargo's command line selects it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Selection(Vec<String>);

/// A test of a target.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Test {
    target: Selection,
    name: String,
}

impl Package {
    /// Checks the library, and the tests of all targets.
    pub(crate) fn check(&self) -> Result<Checked> {
        let mut command = self.cargo("check");
        command.args(["--lib", "--tests", "--keep-going", "--message-format=json"]);
        let log = File::create(self.folder.join("check.log"))?;
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn()?;
        let output = child.stdout.take().context("no output")?;
        let mut checked = Checked::default();
        for message in Message::parse_stream(BufReader::new(output)) {
            match message? {
                Message::CompilerMessage(message) if self.has(&message.target) => {
                    checked.hear(message);
                }
                Message::CompilerArtifact(artifact) if self.has(&artifact.target) => {
                    checked.see(&artifact);
                }
                _ => {}
            }
        }
        child.wait()?;
        Ok(checked)
    }

    /// Returns the tests of a target that pass.
    pub(crate) fn passing(&self, target: &Selection) -> Result<BTreeSet<Test>> {
        self.run(target, &["--no-fail-fast"])
    }

    /// Returns `true` if a test passes when it runs alone.
    pub(crate) fn passes_alone(&self, test: &Test) -> Result<bool> {
        let passing = self.run(&test.target, &["--", "--exact", &test.name])?;
        Ok(passing.contains(test))
    }

    fn run(&self, target: &Selection, arguments: &[&str]) -> Result<BTreeSet<Test>> {
        let output = self
            .cargo("test")
            .args(&target.0)
            .args(arguments)
            .output()?;
        let mut log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.folder.join("test.log"))?;
        log.write_all(&output.stderr)?;
        log.write_all(&output.stdout)?;
        let output_text = String::from_utf8_lossy(&output.stdout);
        let test = |name: &str| Test {
            target: target.clone(),
            name: name.to_owned(),
        };
        let mut passing: BTreeSet<Test> =
            output_text.lines().filter_map(passed).map(test).collect();
        if output.status.success() && !output_text.contains("test result: ") {
            passing.insert(test(WHOLE_TARGET));
        }
        Ok(passing)
    }

    fn cargo(&self, subcommand: &str) -> Command {
        let mut command = Command::new("timeout");
        command.args([
            SECONDS_PER_TARGET,
            "cargo",
            subcommand,
            "--features",
            &self.features,
        ]);
        for package in OPTIMIZED {
            let setting = format!("profile.dev.package.{package}.opt-level=2");
            command.args(["--config", &setting]);
        }
        command
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", &self.build)
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env("TRACED_SPANS", &self.spans);
        command
    }

    fn has(&self, target: &Target) -> bool {
        target.src_path.starts_with(&self.folder) && !target.is_custom_build()
    }
}

/// Returns the name in a line `test NAME ... ok`.
fn passed(line: &str) -> Option<&str> {
    let name = line.strip_prefix("test ")?.strip_suffix(" ... ok")?;
    Some(name.strip_suffix(" - should panic").unwrap_or(name))
}

impl Selection {
    fn of(target: &Target) -> Selection {
        let kind = [
            (target.is_test(), "--test"),
            (target.is_bin(), "--bin"),
            (target.is_example(), "--example"),
            (target.is_bench(), "--bench"),
        ];
        let named = kind.iter().find(|(is, _)| *is);
        named.map_or_else(Selection::library, |(_, flag)| {
            Selection(vec![(*flag).to_owned(), target.name.clone()])
        })
    }

    fn library() -> Selection {
        Selection(vec!["--lib".to_owned()])
    }
}

impl std::fmt::Display for Selection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

impl std::fmt::Display for Test {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.target, self.name)
    }
}
