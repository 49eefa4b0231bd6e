//! Runs cases, and collects what came of them.

use std::fmt;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::slice;

use anyhow::{Context, Result, ensure};
use cargo_metadata::diagnostic::Diagnostic;
use traced_tests_child::Running;

use crate::dimensions::{Case, Written};
use crate::judge::{self, Observed};
use crate::workspace::{Id, Said, Workspace, krate, module};
use crate::write::{self, Variant};

/// A case whose functions did not behave as they should.
#[derive(Clone, Debug)]
pub struct Failure {
    case: Case,
    what: Vec<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "## {}\n", self.case)?;
        for what in &self.what {
            writeln!(f, "{}\n", what.trim_end())?;
        }
        writeln!(
            f,
            "```rust\n{}```",
            write::file(&self.case, Variant::Traced)
        )
    }
}

/// Compiles, runs and compares the cases.
///
/// # Errors
///
/// Returns an error if the cases could not be compiled or run at all.
pub fn run(cases: &[Case]) -> Result<Vec<Failure>> {
    let mut workspace = Workspace::new(cases)?;
    let (errors, warnings) = workspace.compile()?;
    let mut findings = vec![Vec::new(); cases.len()];
    for ((id, variant), list) in &errors {
        let is_broken_plain = errors.contains_key(&(*id, Variant::Plain));
        let what = match variant {
            Variant::Plain => "does not compile without the attribute",
            Variant::Traced if is_broken_plain => continue,
            Variant::Traced => "does not compile",
        };
        findings[*id].push(format!("{what}: {}", rendered(list)));
    }
    for id in workspace.ids() {
        findings[id].extend(other_warnings(&cases[id], id, &warnings));
    }
    observe(&workspace, &mut findings)?;
    let failures = cases
        .iter()
        .zip(findings)
        .filter(|(_, what)| !what.is_empty());
    Ok(failures
        .map(|(case, what)| Failure { case: *case, what })
        .collect())
}

fn rendered(list: &[Diagnostic]) -> String {
    list.iter()
        .filter_map(|diagnostic| diagnostic.rendered.clone())
        .collect()
}

/// Returns the warnings that only one variant causes. An argument that an option names counts as
/// used.
fn other_warnings(case: &Case, id: Id, warnings: &Said) -> Vec<String> {
    let only = |one, other, what| {
        let of = |variant| warnings.get(&(id, variant)).into_iter().flatten();
        let known: Vec<_> = of(other).map(|known| gist(case, known)).collect();
        let list = of(one).filter(move |warning| !known.contains(&gist(case, warning)));
        list.map(move |warning| format!("{what} warning: {}", rendered(slice::from_ref(warning))))
    };
    let is_used = |text: &String| case.names_arguments() && text.contains("unused variable");
    let missing = only(Variant::Plain, Variant::Traced, "lost").filter(|text| !is_used(text));
    only(Variant::Traced, Variant::Plain, "new")
        .chain(missing)
        .collect()
}

/// Returns what makes two warnings the same: the lint, the names in it and, except in a macro, the
/// line.
fn gist(case: &Case, warning: &Diagnostic) -> (Option<String>, Vec<String>, Option<usize>) {
    let lint = warning.code.as_ref().map(|code| code.code.clone());
    let names = warning
        .message
        .split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned);
    let place = warning.spans.first().map(|span| span.line_start);
    (
        lint,
        names.collect(),
        place.filter(|_| case.written == Written::Directly),
    )
}

/// Runs the program. If a case ends it, it is run again without that case.
fn observe(workspace: &Workspace<'_>, findings: &mut [Vec<String>]) -> Result<()> {
    let ids: Vec<Id> = workspace.ids().collect();
    let mut next = 0;
    while next < ids.len() {
        let mut program = workspace.program();
        let program = program.arg(next.to_string()).stdout(Stdio::piped());
        let mut child = Running::start(program);
        let output = child.stdout.take().context("no output")?;
        let mut calls = 0;
        for line in BufReader::new(output).lines() {
            let observed: Observed = serde_json::from_str(&line?)?;
            let id = observed.case;
            let case = &workspace.cases[id];
            let path = format!("{}::{}", krate(case.edition, Variant::Traced), module(id));
            findings[id].extend(judge::differences(case, &path, &observed));
            calls += 1;
        }
        next += calls / 2;
        let status = child.wait();
        if status.success() {
            ensure!(next == ids.len(), "{next} of {} cases were run", ids.len());
        } else {
            findings[ids[next]].push(format!("ends the program: {status}"));
            next += 1;
        }
    }
    Ok(())
}
