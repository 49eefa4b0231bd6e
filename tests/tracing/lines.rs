//! Tests of log lines with the ids of the span that is exported.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use traced::testing::Capture;
use traced::traced;
use traced::tracing::{spans, with_ids};
use tracing::{Subscriber, info, info_span};
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).expect("text")
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Log;

    fn make_writer(&self) -> Log {
        self.clone()
    }
}

#[traced]
fn ours<R>(f: impl FnOnce() -> R) -> R {
    info!(inside = "ours", "in \"ours\"");
    f()
}

/// Logs lines that say in which span they are. Returns the ids of these spans, by their names.
fn say(subscriber: impl Subscriber + Send + Sync) -> HashMap<String, (String, String)> {
    let capture = Capture::new();
    tracing::subscriber::with_default(subscriber, || {
        info!(inside = "", "outside");
        capture.run(|| {
            ours(|| {
                info_span!("library", trace_id = "mine")
                    .in_scope(|| info!(inside = "library", "in {{}}"));
            });
        });
    });
    let spans = capture.spans();
    let ids = spans.iter().map(|span| {
        let ids = &span.span_context;
        let ids = (ids.trace_id().to_string(), ids.span_id().to_string());
        (span.name.to_string(), ids)
    });
    ids.collect()
}

#[test]
fn json_lines_have_the_ids_of_the_exported_spans() {
    let log = Log::default();
    let lines = fmt::layer()
        .json()
        .map_event_format(with_ids)
        .with_writer(log.clone());
    let exported = say(registry().with(spans()).with(lines));
    check_json(&log, &exported, |line| line["fields"]["inside"].clone());
}

#[test]
fn flattened_json_lines_too() {
    let log = Log::default();
    let lines = fmt::layer()
        .json()
        .flatten_event(true)
        .map_event_format(with_ids);
    let exported = say(registry()
        .with(spans())
        .with(lines.with_writer(log.clone())));
    check_json(&log, &exported, |line| line["inside"].clone());
}

fn check_json(
    log: &Log,
    exported: &HashMap<String, (String, String)>,
    name: impl Fn(&Value) -> Value,
) {
    let text = log.text();
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let lines: Vec<Value> = lines.collect();
    assert_eq!(lines.len(), 3);
    for line in &lines {
        let ids = exported.get(name(line).as_str().unwrap_or_default());
        assert_eq!(line["trace_id"].as_str(), ids.map(|ids| &*ids.0), "{line}");
        assert_eq!(line["span_id"].as_str(), ids.map(|ids| &*ids.1), "{line}");
    }
    assert_eq!(exported.len(), 2);
}

#[test]
fn lines_of_text_end_with_what_is_known_of_the_span() {
    let log = Log::default();
    let lines = fmt::layer()
        .without_time()
        .with_ansi(false)
        .map_event_format(with_ids);
    let exported = say(registry()
        .with(spans())
        .with(lines.with_writer(log.clone())));
    let ids = |span: &str| {
        let (trace, span) = &exported[span];
        format!("trace_id={trace} span_id={span}")
    };
    let expected = format!(
        r#" INFO tracing::lines: outside inside=""
 INFO tracing::lines: in "ours" inside="ours" span_name="ours" {}
 INFO library{{trace_id="mine"}}: tracing::lines: in {{}} inside="library" span_name="library" {}
"#,
        ids("ours"),
        ids("library"),
    );
    assert_eq!(log.text(), expected);
}

/// The provider is OpenTelemetry's, whose spans cannot be read.
#[test]
fn names_that_are_found_at_run_time_are_on_the_lines_beside_any_provider() {
    #[traced(name = which)]
    fn named(which: &'static str) {
        info!("named");
        traced::update_name("renamed");
        info!("and renamed");
    }
    let log = Log::default();
    let lines = fmt::layer()
        .without_time()
        .with_ansi(false)
        .map_event_format(|format| with_ids(format).with_span_attributes());
    let subscriber = registry().with(lines.with_writer(log.clone()));
    let capture = Capture::new();
    tracing::subscriber::with_default(subscriber, || capture.run(|| named("given")));
    let text = log.text();
    let lines: Vec<&str> = text
        .lines()
        .filter_map(|line| Some(line.split_once(" trace_id=")?.0))
        .collect();
    assert_eq!(
        lines,
        [
            r#" INFO tracing::lines: named span_name="given""#,
            r#" INFO tracing::lines: and renamed span_name="renamed""#
        ]
    );
}

#[test]
fn colors_stay() {
    let log = Log::default();
    let lines = fmt::layer().with_ansi(true).map_event_format(with_ids);
    say(registry().with(lines.with_writer(log.clone())));
    let text = log.text();
    let colored = text.lines().filter(|line| line.contains("\u{1b}["));
    assert_eq!(colored.count(), 3, "{text}");
    assert_eq!(text.matches(" span_id=").count(), 2, "{text}");
}

#[test]
fn compact_and_pretty_lines_have_ids_too() {
    for pretty in [false, true] {
        let log = Log::default();
        let layer = fmt::layer().with_ansi(false).with_writer(log.clone());
        if pretty {
            say(registry()
                .with(spans())
                .with(layer.pretty().map_event_format(with_ids)));
        } else {
            say(registry()
                .with(spans())
                .with(layer.compact().map_event_format(with_ids)));
        }
        let text = log.text();
        assert_eq!(text.matches(" span_id=").count(), 2, "{text}");
    }
}

#[test]
fn a_line_with_a_parent_by_request_has_its_ids() {
    let log = Log::default();
    let lines = fmt::layer().json().map_event_format(with_ids);
    let subscriber = registry()
        .with(spans())
        .with(lines.with_writer(log.clone()));
    let capture = Capture::new();
    tracing::subscriber::with_default(subscriber, || {
        capture.run(|| {
            let never_entered = info_span!("never entered");
            let root = info_span!(parent: None, "root");
            ours(|| {
                info!(parent: &never_entered, "never entered");
                info!(parent: &root, "root");
                info!(parent: None, "nobody");
            });
        });
    });
    let ids: HashMap<String, String> = capture
        .spans()
        .iter()
        .map(|span| {
            (
                span.name.to_string(),
                span.span_context.span_id().to_string(),
            )
        })
        .collect();
    let text = log.text();
    let found = text.lines().map(|line| {
        let line: Value = serde_json::from_str(line).expect("JSON");
        let id = line["span_id"].as_str().map(str::to_owned);
        (line["fields"]["message"].as_str().unwrap().to_owned(), id)
    });
    let expected = [
        ("in \"ours\"", ids.get("ours")),
        ("never entered", ids.get("never entered")),
        ("root", ids.get("root")),
        ("nobody", None),
    ];
    let expected = expected.map(|(message, id)| (message.to_owned(), id.cloned()));
    assert_eq!(found.collect::<Vec<_>>(), expected);
    assert_eq!(ids.len(), 3);
}

/// The output of `testing` may be shown on a terminal too.
#[test]
fn names_in_trees_of_tests_are_escaped() {
    use opentelemetry::trace::{Span as _, Tracer as _};
    use opentelemetry::{KeyValue, global};

    let capture = Capture::new();
    capture.run(|| {
        let mut span = global::tracer("hand").start("a\u{1b}[2J \"b\"");
        span.add_event("c\r\n", vec![KeyValue::new("d\u{202e}", 1)]);
        span.set_attribute(KeyValue::new("e\u{9b}", "f\n"));
    });
    assert_eq!(
        String::from(capture.tree()),
        r#"
a\u{1b}[2J "b" {e\u{9b}="f\n"}
  ! c\r\n {d\u{202e}=1}
"#
    );
}
