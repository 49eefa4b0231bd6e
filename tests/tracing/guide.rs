//! Tests that a program that was moved over by the guide alone loses no line, parent or field. The
//! program is `moved.rs`, before and after.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::{Value, json};
use traced_tests_child::output;

/// The output of the program, and the spans that it exports.
struct Run {
    stdout: Vec<String>,
    stderr: Vec<String>,
    spans: BTreeMap<String, Value>,
}

fn run(way: &str) -> Run {
    let mut program = Command::new(env!("CARGO_BIN_EXE_moved"));
    let output = output(program.env_clear().arg(way));
    assert!(output.status.success(), "{output:?}");
    let stdout = String::from_utf8(output.stdout).expect("text");
    let stderr = String::from_utf8(output.stderr).expect("text");
    let (lines, spans) = stdout.split_once("SPANS ").expect("spans");
    Run {
        stdout: sorted_lines(lines),
        stderr: sorted_lines(&stderr),
        spans: serde_json::from_str(spans).expect("JSON"),
    }
}

fn sorted_lines(lines: &str) -> Vec<String> {
    let mut lines: Vec<String> = lines.lines().map(line).collect();
    lines.sort();
    lines
}

/// Returns a line with the name of its span, without time, ids and place.
fn line(line: &str) -> String {
    let line: Value = serde_json::from_str(line).expect(line);
    let span = match &line["span_name"] {
        Value::Null => &line["span"]["name"],
        name => name,
    };
    let fields = line["fields"].as_object().expect("fields");
    let fields = fields.iter().filter(|(key, _)| !key.starts_with("log."));
    // `ret` and `err` render what they find.
    let fields = fields.map(|(key, value)| match value {
        Value::String(text) => (key, text.clone()),
        other => (key, other.to_string()),
    });
    let target = line["target"].as_str().unwrap_or_default();
    let target = target.replace("::after", "").replace("::before", "");
    let fields = json!(fields.collect::<BTreeMap<_, _>>());
    format!("{} {target} {span} {fields}", line["level"])
}

/// The attributes that, by the guide, `tracing-opentelemetry` adds and `spans` does not.
const LEFT_OUT: [&str; 4] = ["busy_ns", "idle_ns", "thread.id", "thread.name"];
/// The attributes of the place in the code, which is another one.
const PLACE: [&str; 5] = [
    "code.file.path",
    "code.line.number",
    "code.module.name",
    "code.function.name",
    "target",
];

fn check(before: &Run, after: &Run) {
    let names: Vec<_> = before.spans.keys().collect();
    assert_eq!(names, after.spans.keys().collect::<Vec<_>>());
    for (name, span) in &before.spans {
        let moved = &after.spans[name];
        assert_eq!(moved["parent"], span["parent"], "{name}");
        assert_eq!(
            moved["events"].as_array().map(Vec::len),
            span["events"].as_array().map(Vec::len),
            "{name}: {moved} {span}"
        );
        for event in span["events"].as_array().expect("events") {
            assert!(
                moved["events"].as_array().expect("events").contains(event),
                "{name}: {moved} {span}"
            );
        }
        for (key, value) in span["fields"].as_object().expect("fields") {
            if !PLACE.contains(&&**key) && !LEFT_OUT.contains(&&**key) {
                assert_eq!(&moved["fields"][key], value, "{name}: {key}");
            }
        }
        for key in LEFT_OUT {
            assert_eq!(moved["fields"][key], Value::Null, "{name}");
        }
    }
}

#[test]
fn nothing_is_lost() {
    let before = run("before");
    assert_eq!(before.stdout.len(), 10, "{:#?}", before.stdout);
    assert_eq!(before.spans.len(), 7);
    assert!(before.spans["step"]["fields"]["busy_ns"].is_string());
    assert!(before.spans["step"]["fields"]["thread.id"].is_string());

    let after = run("after");
    assert_eq!(after.stderr, before.stdout);
    assert_eq!(after.stdout, [""; 0]);
    check(&before, &after);

    let own = run("own");
    assert_eq!(own.stdout, before.stdout);
    check(&before, &own);
}
