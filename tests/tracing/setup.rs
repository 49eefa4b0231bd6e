//! Tests `traced::init` with `tracing` and `log` from the outside.

use std::process::{Command, Output};

use serde_json::{Value, json};
use traced_tests_child::output;

fn run(work: &str, levels: &str) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_logging"));
    program.env_clear().env("RUST_LOG", levels).arg(work);
    output(&mut program)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

/// Returns the log lines on standard error without their times, and the trees among them.
fn said(output: &Output) -> (Vec<String>, String) {
    let said = text(&output.stderr);
    let is_line = |line: &&str| line.starts_with("20") || line.starts_with('{');
    let (lines, tree): (Vec<&str>, Vec<&str>) = said.lines().partition(is_line);
    let lines = lines.into_iter().map(|line| match line.split_once("Z ") {
        Some((_, line)) => line.trim_start(),
        None => line,
    });
    (lines.map(str::to_owned).collect(), tree.join("\n"))
}

/// Returns the lines, with `…` for the ids.
fn lines(work: &str, levels: &str) -> Vec<String> {
    let output = run(work, levels);
    assert!(output.status.success(), "{output:?}");
    let (lines, _) = said(&output);
    let without_ids = |line: String| match line.find(" trace_id=") {
        Some(at) => format!("{} …", &line[..at]),
        None => line,
    };
    lines.into_iter().map(without_ids).collect()
}

#[test]
fn the_trace_has_the_library_in_it_and_the_line_its_name_and_ids() {
    let output = run("", "");
    let (lines, tree) = said(&output);
    let mut words = tree.split_whitespace();
    assert_eq!(words.next(), Some("trace"), "{tree}");
    let trace = words.next().expect("an id");
    assert!(
        tree.contains("\nprocess_order ") && tree.contains("\n└─ library "),
        "{tree}"
    );
    assert!(tree.contains(" rows=3"), "{tree}");
    assert_eq!(lines.len(), 2, "{lines:?}");
    let ids = format!(r#"logging: charged span_name="library" trace_id={trace} span_id="#);
    assert!(lines[0].contains(&ids), "{lines:?}");
    let ids = format!(r#"logging: done span_name="process_order" trace_id={trace} span_id="#);
    assert!(lines[1].contains(&ids), "{lines:?}");
}

#[test]
fn attributes_stand_on_lines_if_asked_for() {
    let expected = [
        r#"INFO logging: first span_name="order charge" span_attributes={order.id=7, card="4111", items=["a"b","c"]} …"#,
        r#"INFO logging: second span_name="order charge" span_attributes={order.id=8, card="4111", items=["a"b","c"], paid=true} …"#,
        r#"INFO logging: third span_name="step" …"#,
    ];
    assert_eq!(lines("attributes", ""), expected);
}

/// Returns the JSON lines, without the times.
fn json_lines(work: &str) -> Vec<Value> {
    let (lines, _) = said(&run(work, ""));
    let lines = lines.iter().map(|line| {
        let mut line: Value = serde_json::from_str(line).expect(line);
        line.as_object_mut().expect("an object").remove("timestamp");
        line
    });
    lines.collect()
}

#[test]
fn json_lines_have_the_name_and_the_ids() {
    let lines = json_lines("json");
    let names = lines.iter().map(|line| &line["span_name"]);
    assert_eq!(names.collect::<Vec<_>>(), ["library", "process_order"]);
    for line in &lines {
        assert_eq!(line["trace_id"].as_str().map(str::len), Some(32), "{line}");
        assert_eq!(line["span_id"].as_str().map(str::len), Some(16), "{line}");
        assert_eq!(line["span_attributes"], Value::Null, "{line}");
    }
    let lines = json_lines("json_attributes");
    let expected = json!({"order.id": 8, "card": "4111", "items": ["a\"b", "c"], "paid": true});
    assert_eq!(lines[1]["span_attributes"], expected, "{}", lines[1]);
}

#[test]
fn levels_are_chosen_by_the_usual_variable() {
    assert_eq!(lines("", "off,logging=debug").len(), 3);
    assert_eq!(lines("", "logging=off").len(), 0);
}

#[test]
fn a_directive_with_a_span_is_left_out_and_said() {
    let output = run("", "info,logging[library{rows=3}]=debug");
    let (lines, rest) = said(&output);
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(
        rest.starts_with("traced: RUST_LOG: ignoring directives with spans or fields"),
        "{rest}"
    );
}

#[test]
fn a_bad_level_is_an_error_that_says_what_is_accepted() {
    let output = run("", "logging=loud");
    assert!(!output.status.success());
    let error = text(&output.stderr);
    assert!(
        error.contains("RUST_LOG") && error.contains("`TARGET=`"),
        "{error}"
    );
}

#[test]
fn a_subscriber_that_the_program_has_stays() {
    let output = run("subscriber", "logging[span]=debug");
    assert!(output.status.success(), "{output:?}");
    let said = text(&output.stderr);
    let lines = said.lines().filter(|line| line.contains("logging: "));
    let expected = [
        " INFO library{rows=3}: logging: charged",
        " INFO logging: done",
    ];
    assert_eq!(lines.collect::<Vec<_>>(), expected, "{said}");
}

#[test]
fn lines_of_the_crate_log_are_shown_and_recorded() {
    let output = run("log", "");
    let (lines, tree) = said(&output);
    let expected = r#"INFO billing: order 7 span_name="lines_of_log" trace_id="#;
    assert!(lines[0].starts_with(expected), "{lines:?}");
    // What is off costs no more than a look at the level.
    assert!(
        lines[1].starts_with("INFO logging: max level of log: INFO "),
        "{lines:?}"
    );
    assert_eq!(lines.len(), 2);
    let event = r#"• order 7 level="INFO" target="billing""#;
    assert!(tree.contains(event), "{tree}");
}

#[test]
fn levels_hold_for_the_crate_log_by_its_own_targets() {
    let expected = [
        "DEBUG logging: unseen span_name=\"lines_of_log\" …",
        "INFO logging: max level of log: DEBUG span_name=\"lines_of_log\" …",
    ];
    assert_eq!(lines("log", "billing=warn,logging=debug"), expected);
}

#[test]
fn a_logger_that_the_program_has_stays() {
    let output = run("logger", "");
    let (lines, tree) = said(&output);
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains("max level of log: TRACE"), "{lines:?}");
    assert!(tree.starts_with("logging: own: order 7\n"), "{tree}");
}

#[test]
fn a_line_with_a_parent_by_request_is_that_of_the_parent() {
    let expected = [
        r#"INFO never entered: logging: to it span_name="never entered" …"#,
        "INFO logging: to nobody",
        r#"INFO logging: to the function span_name="parents" …"#,
    ];
    assert_eq!(lines("parents", ""), expected);
}

/// Returns the output of a program, after checking that nothing in it controls a terminal or forges
/// a line.
fn unforged(work: &str) -> Output {
    let output = run(work, "");
    let said = text(&output.stderr);
    let controls = |c: char| (c.is_control() && c != '\n') || "\u{202e}\u{2028}".contains(c);
    assert!(!said.contains(controls), "{said:?}");
    assert!(
        !said.lines().any(|line| line.starts_with("INFO forged")),
        "{said}"
    );
    output
}

#[test]
fn json_lines_cannot_be_forged() {
    unforged("hostile_json");
    let lines = json_lines("hostile_json");
    let message = |line: &Value| line["fields"]["message"].as_str().map(str::to_owned);
    let hostile = "\u{1b}[2J\u{1b}]0;title\u{7}\r\nINFO forged\u{9b}31m\u{7f}\u{202e}";
    assert_eq!(lines.len(), 6, "{lines:?}");
    assert_eq!(message(&lines[0]).as_deref(), Some(hostile));
    assert_eq!(message(&lines[5]).as_deref(), Some(hostile));
    assert_eq!(lines[4]["span_name"], hostile);
}

#[test]
fn lines_cannot_be_forged() {
    let output = unforged("hostile");
    let (lines, _) = self::said(&output);
    assert_eq!(lines.len(), 5, "{lines:?}");
    let shown = r"\u{1b}[2J\u{1b}]0;title\u{7}\r\nINFO forged\u{9b}31m\u{7f}\u{202e}";
    let start = format!("INFO library{{shown={shown}}}: logging: {shown} ");
    assert!(lines[0].starts_with(&start), "{}", lines[0]);
    let fields = format!(r#"it's "fine" at C:\temp text="{shown}" shown={shown} raw={shown} "#);
    assert!(lines[1].contains(&fields), "{}", lines[1]);
    let error = format!("failed error={shown} error.sources=[{shown}] ");
    assert!(lines[2].contains(&error), "{}", lines[2]);
    let of_log = format!("{shown}: {shown} ");
    assert!(lines[3].contains(&of_log), "{}", lines[3]);
    let name = format!(r#"in the function traced=true span_name="{shown}" "#);
    assert!(lines[4].contains(&name), "{}", lines[4]);
}

#[test]
fn what_opentelemetry_says_of_itself_is_not_the_programs() {
    for levels in ["", "info", "trace", "logging=info,trace"] {
        let all = lines("", levels);
        assert!(!all.is_empty());
        let is_own = |line: &&String| line.contains(" opentelemetry");
        assert_eq!(all.iter().find(is_own), None, "{levels}");
    }
    let asked_for = lines("", "opentelemetry=info");
    assert!(
        asked_for
            .iter()
            .any(|line| line.starts_with("INFO opentelemetry: ")),
        "{asked_for:?}"
    );
}
