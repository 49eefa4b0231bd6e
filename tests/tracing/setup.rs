//! `traced::init` with `tracing`, seen from outside.

use std::process::{Command, Output};

fn run(subscriber: bool, levels: &str) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_logging"));
    program.env_clear().env("RUST_LOG", levels);
    program.args(subscriber.then_some("its own"));
    program.output().expect("the program is built")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

/// The log lines on standard error, and the trees beside them.
fn lines(output: &Output) -> (Vec<String>, String) {
    let said = text(&output.stderr);
    let (lines, tree): (Vec<&str>, Vec<&str>) =
        said.lines().partition(|line| line.contains("logging: "));
    let lines = lines.into_iter().map(str::to_owned).collect();
    (lines, tree.join("\n"))
}

#[test]
fn the_trace_has_the_library_in_it_and_the_line_its_ids() {
    let output = run(false, "");
    let (lines, tree) = lines(&output);
    let mut words = tree.split_whitespace();
    assert_eq!(words.next(), Some("trace"), "{tree}");
    let trace = words.next().expect("an id");
    assert!(
        tree.contains("\nprocess_order ") && tree.contains("\n└─ library "),
        "{tree}"
    );
    assert_eq!(lines.len(), 1, "{lines:?}");
    let ids = format!("logging: charged trace_id={trace} span_id=");
    assert!(lines[0].contains(&ids), "{lines:?}");
}

#[test]
fn levels_are_chosen_by_the_usual_variable() {
    let (shown, _) = lines(&run(false, "off,logging=debug"));
    assert_eq!(shown.len(), 2, "{shown:?}");
    let (shown, _) = lines(&run(false, "logging=off"));
    assert_eq!(shown.len(), 0, "{shown:?}");
}

#[test]
fn a_bad_level_is_an_error_that_says_what_is_accepted() {
    let output = run(false, "logging=loud");
    assert!(!output.status.success());
    let error = text(&output.stderr);
    assert!(
        error.contains("RUST_LOG") && error.contains("`TARGET=`"),
        "{error}"
    );
}

#[test]
fn a_subscriber_that_the_program_has_stays() {
    let output = run(true, "logging[span]=debug");
    assert!(output.status.success(), "{output:?}");
    assert_eq!(lines(&output).0, [" INFO library: logging: charged"]);
}
