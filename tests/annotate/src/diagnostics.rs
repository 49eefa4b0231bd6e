//! Finds the diagnostics that only the annotated copy causes, and the functions that they are
//! about.

use std::collections::HashSet;

use cargo_metadata::diagnostic::{Diagnostic, DiagnosticLevel, DiagnosticSpan};

use crate::annotated::{Annotated, Id};

/// Returns the diagnostics that are in `after` and not in `before`, each once. Columns do not
/// count, since the attribute moves them.
pub(crate) fn new(before: &[Diagnostic], after: &[Diagnostic]) -> Vec<Diagnostic> {
    let mut seen: HashSet<_> = before.iter().map(key).collect();
    let fresh =
        |diagnostic: &&Diagnostic| says_something(diagnostic) && seen.insert(key(diagnostic));
    after.iter().filter(fresh).cloned().collect()
}

pub(crate) fn is_error(diagnostic: &Diagnostic) -> bool {
    matches!(
        diagnostic.level,
        DiagnosticLevel::Error | DiagnosticLevel::Ice
    )
}

/// Returns `true` if the only remedy is the crate's `#![recursion_limit]`.
pub(crate) fn is_recursion_limit(diagnostic: &Diagnostic) -> bool {
    diagnostic
        .code
        .as_ref()
        .is_some_and(|code| code.code == "E0275")
        || diagnostic
            .message
            .contains("queries overflow the depth limit")
}

/// Returns a title such as `E0277: the trait bound is not satisfied`.
pub(crate) fn title(diagnostic: &Diagnostic) -> String {
    let message = diagnostic.message.lines().next().unwrap_or_default();
    let code = diagnostic
        .code
        .as_ref()
        .map(|code| format!("{}: ", code.code));
    code.unwrap_or_default() + message
}

/// Returns a line such as `src/file.rs:7 E0277: the trait bound is not satisfied`.
pub(crate) fn line(diagnostic: &Diagnostic) -> String {
    format!("{} {}", place(diagnostic), title(diagnostic))
}

/// Returns a place such as `src/file.rs:7`.
fn place(diagnostic: &Diagnostic) -> String {
    let place = primary(diagnostic).map(|span| format!("{}:{}", span.file_name, span.line_start));
    place.unwrap_or_default()
}

/// Returns the annotated function that the error is about: the one that it is in, or otherwise the
/// one that a note points to.
pub(crate) fn blame(diagnostic: &Diagnostic, annotated: &Annotated) -> Option<Id> {
    let notes = diagnostic.children.iter().flat_map(|note| &note.spans);
    let spans = primary(diagnostic)
        .into_iter()
        .chain(&diagnostic.spans)
        .chain(notes);
    spans
        .flat_map(expansions)
        .find_map(|span| annotated.at(&span.file_name, span.line_start))
}

/// Returns the place itself, then that of the macro call that it comes from, and so on.
fn expansions(span: &DiagnosticSpan) -> impl Iterator<Item = &DiagnosticSpan> {
    std::iter::successors(Some(span), |span| Some(&span.expansion.as_ref()?.span))
}

fn primary(diagnostic: &Diagnostic) -> Option<&DiagnosticSpan> {
    diagnostic.spans.iter().find(|span| span.is_primary)
}

/// Returns `false` for summaries such as `2 warnings emitted` and `aborting due to 2 previous
/// errors`.
fn says_something(diagnostic: &Diagnostic) -> bool {
    let is_summary = diagnostic.spans.is_empty()
        && (diagnostic.message.starts_with("aborting due to")
            || diagnostic.message.ends_with("emitted"));
    (is_error(diagnostic) || diagnostic.level == DiagnosticLevel::Warning) && !is_summary
}

fn key(diagnostic: &Diagnostic) -> (DiagnosticLevel, String, String) {
    (diagnostic.level, title(diagnostic), place(diagnostic))
}
