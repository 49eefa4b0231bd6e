//! Compares what was observed of a call with what was expected.

use serde::Deserialize;

use crate::dimensions::{Case, Options, Parameters, Shape, Written};
use crate::model::{self, Expected};
use crate::write;

/// The number of bytes that the attribute may add to the future of an `async fn`.
const ADDED_SIZE: usize = 64;
/// An argument that is not needed beyond an `await` is stored once more: the body stands in a future of its own, since the
/// signature stays `async`. These are a number, a `bool` and a `&str`, with what aligns them.
const NOT_KEPT: usize = 32;
/// Arguments from the first on that is taken apart or assigned to are bound anew, and stored once more. These are all but
/// the first, at most.
const BOUND_ANEW: usize = 112;

/// The output of the program for one call; see `observe.rs` of the support crate.
#[derive(Deserialize)]
pub(crate) struct Observed {
    pub(crate) case: usize,
    fail: bool,
    plain: Ran,
    off: Ran,
    on: Ran,
    trace: String,
    spans: Vec<Place>,
}

#[derive(Debug, Deserialize)]
struct Ran {
    values: Vec<String>,
    drops: Vec<String>,
    panic: Option<String>,
    size: Option<usize>,
    send: Option<bool>,
}

#[derive(Deserialize)]
struct Place {
    function: String,
    line: String,
    scope: String,
}

/// Returns a line for each difference from what is expected.
pub(crate) fn differences(case: &Case, module: &str, observed: &Observed) -> Vec<String> {
    let mut found = Vec::new();
    for (when, ran) in [("off", &observed.off), ("recorded", &observed.on)] {
        compare(case, &observed.plain, ran, |what| {
            found.push(format!("fail={} {when}: {what}", observed.fail));
        });
    }
    let expected = model::expected(case, module, observed.fail);
    compare_spans(case, &expected, observed, |what| {
        found.push(format!("fail={}: {what}", observed.fail));
    });
    found
}

fn compare(case: &Case, plain: &Ran, traced: &Ran, mut report: impl FnMut(String)) {
    let fields = [
        (
            "values",
            format!("{:?}", plain.values),
            format!("{:?}", traced.values),
        ),
        (
            "drops",
            format!("{:?}", plain.drops),
            format!("{:?}", traced.drops),
        ),
        (
            "panic",
            format!("{:?}", plain.panic),
            format!("{:?}", traced.panic),
        ),
        (
            "Send",
            format!("{:?}", plain.send),
            format!("{:?}", traced.send),
        ),
    ];
    for (what, plain, traced) in fields {
        if plain != traced {
            report(format!("{what}: {traced}, without the attribute {plain}"));
        }
    }
    if let (Some(plain), Some(traced)) = (plain.size, traced.size)
        && case.shape == Shape::Async
        && traced > plain + added_size(case)
    {
        report(format!("size: {traced}, without the attribute {plain}"));
    }
}

fn added_size(case: &Case) -> usize {
    match case.parameters {
        Parameters::Patterns | Parameters::Mutable | Parameters::Parts => ADDED_SIZE + BOUND_ANEW,
        Parameters::Named | Parameters::Unused | Parameters::OwnName => ADDED_SIZE + NOT_KEPT,
    }
}

fn compare_spans(
    case: &Case,
    expected: &Expected,
    observed: &Observed,
    mut report: impl FnMut(String),
) {
    if observed.trace != expected.trace {
        report(format!(
            "trace:{}should be:{}",
            observed.trace, expected.trace
        ));
    }
    for place in &observed.spans {
        let line = write::line(case).to_string();
        if Some(&place.function) != expected.function.as_ref() {
            report(format!(
                "code.function.name: {}, should be {:?}",
                place.function, expected.function
            ));
        }
        // What a macro writes is at the macro's call, or where it was written.
        if case.written == Written::Directly && place.line != line {
            report(format!(
                "code.line.number: {}, should be {line}",
                place.line
            ));
        }
        if place.scope != expected.scope && case.options != Options::Crate {
            report(format!(
                "scope: {}, should be {}",
                place.scope, expected.scope
            ));
        }
    }
}
