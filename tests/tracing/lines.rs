//! Log lines with the ids of the span that is exported.

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

/// Says in each line in which span it is; the ids of those spans, by their names.
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
fn lines_of_text_end_with_the_ids() {
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
 INFO tracing::lines: in "ours" inside="ours" {}
 INFO library{{trace_id="mine"}}: tracing::lines: in {{}} inside="library" {}
"#,
        ids("ours"),
        ids("library"),
    );
    assert_eq!(log.text(), expected);
}

#[test]
fn colours_stay() {
    let log = Log::default();
    let lines = fmt::layer().with_ansi(true).map_event_format(with_ids);
    say(registry().with(lines.with_writer(log.clone())));
    let text = log.text();
    let coloured = text.lines().filter(|line| line.contains("\u{1b}["));
    assert_eq!(coloured.count(), 3, "{text}");
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
