//! Takes the attribute off the functions that the compiler rejects.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result, bail, ensure};
use cargo_metadata::diagnostic::Diagnostic;

use crate::annotated::Annotated;
use crate::diagnostics;
use crate::package::{Checked, Package};

/// The maximum number of rounds. A crate that needs more is stuck.
const ROUNDS: usize = 40;

/// The compiler's output for a crate, until it compiles.
#[derive(Default)]
pub(crate) struct Settled {
    /// The functions that do not compile with the attribute.
    pub(crate) failed: Vec<String>,
    /// The functions that do not compile only because of the crate's recursion limit.
    pub(crate) recursion_limit: Vec<String>,
    pub(crate) warnings: Vec<String>,
}

/// Checks the copy until it compiles.
pub(crate) fn settle(
    copy: &Package,
    annotated: &mut Annotated,
    before: &Checked,
) -> Result<Settled> {
    let mut settled = Settled::default();
    for round in 1..=ROUNDS {
        let after = copy.check()?;
        let new = diagnostics::new(&before.diagnostics, &after.diagnostics);
        let (errors, warnings): (Vec<_>, Vec<_>) =
            new.iter().partition(|new| diagnostics::is_error(new));
        if errors.is_empty() {
            ensure!(
                after.has_library,
                "cargo check fails, see {}",
                copy.folder.join("check.log").display()
            );
            settled.warnings = warnings.into_iter().map(diagnostics::line).collect();
            return Ok(settled);
        }
        let rendered: String = errors.iter().map(ToString::to_string).collect();
        fs::write(copy.folder.join(format!("errors-{round}.txt")), rendered)?;
        settled.reject(&errors, annotated)?;
    }
    bail!("does not compile after {ROUNDS} rounds")
}

impl Settled {
    fn reject(&mut self, errors: &[&Diagnostic], annotated: &mut Annotated) -> Result<()> {
        let mut blamed = BTreeMap::<_, Vec<_>>::new();
        for error in errors {
            if let Some(function) = diagnostics::blame(error, annotated) {
                blamed.entry(function).or_default().push(*error);
            }
        }
        if blamed.is_empty() {
            let error = errors.first().context("no error")?;
            bail!(
                "an error in no annotated function: {}",
                diagnostics::line(error)
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
                self.recursion_limit.push(line);
            } else {
                self.failed.push(line);
            }
        }
        annotated.take_off(blamed.into_keys())
    }
}
