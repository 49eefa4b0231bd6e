//! What cargo says of one copy of a crate: its diagnostics, and which of its tests pass.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use cargo_metadata::diagnostic::Diagnostic;
use cargo_metadata::{Message, Target};

/// A target whose tests take longer hangs.
const SECONDS_PER_TARGET: &str = "900";
/// The name of the only test in a target that has no list of them.
const WHOLE_TARGET: &str = "(the whole target)";

/// A crate in a folder.
pub(crate) struct Package {
    pub(crate) folder: PathBuf,
    pub(crate) features: String,
    /// Where it is built.
    pub(crate) build: PathBuf,
    /// Where the spans of its tests are counted.
    pub(crate) spans: PathBuf,
}

/// What `cargo check` says.
pub(crate) struct Checked {
    /// About the package itself.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The targets whose tests compile.
    pub(crate) targets: BTreeSet<Selection>,
    /// The targets whose tests do not.
    pub(crate) left_out: BTreeSet<Selection>,
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
        let mut checked = Checked {
            diagnostics: Vec::new(),
            targets: BTreeSet::new(),
            left_out: BTreeSet::new(),
        };
        let mut reached_compiler = false;
        for message in Message::parse_stream(BufReader::new(output)) {
            reached_compiler = true;
            match message? {
                Message::CompilerMessage(message) if self.has(&message.target) => {
                    checked.left_out.insert(Selection::of(&message.target));
                    checked.diagnostics.push(message.message);
                }
                Message::CompilerArtifact(artifact)
                    if self.has(&artifact.target) && artifact.profile.test =>
                {
                    checked.targets.insert(Selection::of(&artifact.target));
                }
                _ => {}
            }
        }
        child.wait()?;
        ensure!(
            reached_compiler,
            "cargo check failed, see {}",
            self.folder.join("check.log").display()
        );
        checked
            .left_out
            .retain(|target| !checked.targets.contains(target));
        Ok(checked)
    }

    /// The tests of a target that pass.
    pub(crate) fn passing(&self, target: &Selection) -> Result<BTreeSet<Test>> {
        self.run(target, &["--no-fail-fast"])
    }

    /// Whether a test passes with no other beside it.
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
        command
            .args([
                SECONDS_PER_TARGET,
                "cargo",
                subcommand,
                "--features",
                &self.features,
            ])
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

/// The name in a line `test NAME ... ok`.
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
        Selection(named.map_or_else(
            || vec!["--lib".to_owned()],
            |(_, flag)| vec![(*flag).to_owned(), target.name.clone()],
        ))
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
