//! The workspace of generated crates in cargo's target folder: one for each edition and variant,
//! and a program.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use cargo_metadata::Message;
use cargo_metadata::diagnostic::{Diagnostic, DiagnosticLevel, DiagnosticSpan};
use traced_tests_child::{BUILD_LIMIT, Running};

use crate::dimensions::{Case, Edition};
use crate::write::{self, Variant};

/// The number of a case.
pub(crate) type Id = usize;

/// The generated crates.
pub(crate) struct Workspace<'c> {
    folder: PathBuf,
    target: PathBuf,
    pub(crate) cases: &'c [Case],
    /// The cases that do not compile.
    left_out: BTreeSet<Id>,
}

/// Errors and warnings, by case and variant.
pub(crate) type Said = BTreeMap<Blamed, Vec<Diagnostic>>;

/// The case and variant that a diagnostic is about.
type Blamed = (Id, Variant);

impl<'c> Workspace<'c> {
    /// Writes the crates.
    pub(crate) fn new(cases: &'c [Case]) -> Result<Workspace<'c>> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../..")
            .canonicalize()?;
        let target =
            std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| here.join("target"), PathBuf::from);
        let folder = target.join("matrix");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        fs::copy(here.join("Cargo.lock"), folder.join("Cargo.lock"))?;
        let workspace = Workspace {
            folder: folder.canonicalize()?,
            target,
            cases,
            left_out: BTreeSet::new(),
        };
        workspace.write_manifests(&here)?;
        for (id, case) in cases.iter().enumerate() {
            for variant in [Variant::Plain, Variant::Traced] {
                let file = workspace
                    .folder
                    .join(krate(case.edition, variant))
                    .join(format!("src/{}.rs", module(id)));
                fs::write(file, write::file(case, variant))?;
            }
        }
        Ok(workspace)
    }

    fn write_manifests(&self, here: &Path) -> Result<()> {
        let mut members = vec![PROGRAM.to_owned()];
        let mut program = manifest(PROGRAM, "2024", here);
        for edition in Edition::ALL {
            for variant in [Variant::Plain, Variant::Traced] {
                let name = krate(*edition, variant);
                let folder = self.folder.join(&name);
                fs::create_dir_all(folder.join("src"))?;
                fs::write(
                    folder.join("Cargo.toml"),
                    manifest(&name, edition.year(), here),
                )?;
                program += &format!("{name} = {{ path = \"../{name}\" }}\n");
                members.push(name);
            }
        }
        fs::create_dir_all(self.folder.join(PROGRAM).join("src"))?;
        fs::write(self.folder.join(PROGRAM).join("Cargo.toml"), program)?;
        let profile = "[profile.dev]\ndebug = false\nincremental = false\n[profile.dev.package.traced]\nopt-level = 2\n";
        let workspace = format!("[workspace]\nresolver = \"3\"\nmembers = {members:?}\n{profile}");
        Ok(fs::write(self.folder.join("Cargo.toml"), workspace)?)
    }

    /// Compiles the crates, leaving out the cases that do not compile, and returns what the
    /// compiler said.
    pub(crate) fn compile(&mut self) -> Result<(Said, Said)> {
        let (mut errors, mut warnings) = (Said::new(), Said::new());
        loop {
            self.write_roots()?;
            let (failed, said) = self.build()?;
            let before = self.left_out.len();
            for ((id, variant), diagnostic) in said {
                let is_error = matches!(
                    diagnostic.level,
                    DiagnosticLevel::Error | DiagnosticLevel::Ice
                );
                let list = if is_error { &mut errors } else { &mut warnings };
                let list = list.entry((id, variant)).or_default();
                if !list
                    .iter()
                    .any(|known| known.rendered == diagnostic.rendered)
                {
                    list.push(diagnostic);
                }
                if is_error {
                    self.left_out.insert(id);
                }
            }
            if !failed {
                return Ok((errors, warnings));
            }
            ensure!(
                self.left_out.len() > before,
                "an error in no case, see {}",
                self.folder.join("build.log").display()
            );
        }
    }

    /// Builds the crates. Returns `true` if that fails, and what the compiler says about which
    /// case.
    fn build(&self) -> Result<(bool, Vec<(Blamed, Diagnostic)>)> {
        let log = fs::File::create(self.folder.join("build.log"))?;
        let mut cargo = Command::new("cargo");
        cargo
            .args([
                "build",
                "--offline",
                "--keep-going",
                "--message-format=json",
            ])
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", &self.target)
            .stdout(Stdio::piped())
            .stderr(log);
        let mut child = Running::start_within(BUILD_LIMIT, &mut cargo);
        let output = child.stdout.take().context("no output")?;
        let mut said = Vec::new();
        for message in Message::parse_stream(BufReader::new(output)) {
            if let Message::CompilerMessage(message) = message?
                && let Some(blamed) = blame(&message.message)
            {
                said.push((blamed, message.message));
            }
        }
        Ok((!child.wait().success(), said))
    }

    fn write_roots(&self) -> Result<()> {
        for edition in Edition::ALL {
            let mut root = LINTS.to_owned();
            for id in self.ids().filter(|id| self.cases[*id].edition == *edition) {
                root += &format!("pub mod {};\n", module(id));
            }
            for variant in [Variant::Plain, Variant::Traced] {
                let file = self
                    .folder
                    .join(krate(*edition, variant))
                    .join("src/lib.rs");
                write_if_new(&file, &root)?;
            }
        }
        let mut main = "fn main() {\n    traced_matrix_support::observe::drive(&[\n".to_owned();
        for id in self.ids() {
            let of = |variant| {
                format!(
                    "{}::{}::run",
                    krate(self.cases[id].edition, variant),
                    module(id)
                )
            };
            let (plain, traced) = (of(Variant::Plain), of(Variant::Traced));
            main += &format!("        ({id}, {plain}, {traced}),\n");
        }
        main += "    ]);\n}\n";
        write_if_new(&self.folder.join(PROGRAM).join("src/main.rs"), &main)
    }

    /// Returns the cases that compile.
    pub(crate) fn ids(&self) -> impl Iterator<Item = Id> {
        (0..self.cases.len()).filter(|id| !self.left_out.contains(id))
    }

    /// Returns the command for the program, which prints a line of JSON for each call.
    pub(crate) fn program(&self) -> Command {
        let mut command = Command::new(self.target.join("debug").join(PROGRAM));
        command.current_dir(&self.folder).env("RUST_BACKTRACE", "0");
        command
    }
}

/// The package of the program.
const PROGRAM: &str = "traced-matrix-program";

const LINTS: &str = "//! Generated.\n#![warn(rust_2018_idioms, single_use_lifetimes, trivial_casts, unused_lifetimes, unused_qualifications, unused_results, let_underscore_drop)]\n";

fn manifest(name: &str, edition: &str, here: &Path) -> String {
    let path = |of: &str| here.join(of).display().to_string();
    let (runtime, support) = (path("runtime"), path("tests/matrix/support"));
    format!(
        "[package]\nname = {name:?}\nversion = \"0.0.0\"\nedition = {edition:?}\n\n\
         [dependencies]\ntraced = {{ path = {runtime:?} }}\ntraced-matrix-support = {{ path = {support:?} }}\n"
    )
}

/// Writes a file only if its text changes, since cargo rebuilds what is newer.
fn write_if_new(file: &Path, text: &str) -> Result<()> {
    if fs::read_to_string(file).is_ok_and(|before| before == text) {
        return Ok(());
    }
    Ok(fs::write(file, text)?)
}

pub(crate) fn krate(edition: Edition, variant: Variant) -> String {
    let variant = match variant {
        Variant::Plain => "plain",
        Variant::Traced => "traced",
    };
    format!("{variant}_{}", edition.year())
}

pub(crate) fn module(id: Id) -> String {
    format!("c{id:04}")
}

/// Returns the case and variant that a diagnostic is about, by its file.
fn blame(diagnostic: &Diagnostic) -> Option<Blamed> {
    let notes = diagnostic.children.iter().flat_map(|note| &note.spans);
    let mut spans = diagnostic.spans.iter().chain(notes).flat_map(expansions);
    spans.find_map(|span| {
        let (folder, file) = span.file_name.split_once("/src/c")?;
        let variant = if folder.starts_with("plain") {
            Variant::Plain
        } else {
            Variant::Traced
        };
        Some((file.strip_suffix(".rs")?.parse().ok()?, variant))
    })
}

/// Returns the place itself, then that of the macro call that it comes from, and so on.
fn expansions(span: &DiagnosticSpan) -> impl Iterator<Item = &DiagnosticSpan> {
    std::iter::successors(Some(span), |span| Some(&span.expansion.as_ref()?.span))
}
