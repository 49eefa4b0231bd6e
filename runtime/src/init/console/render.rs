//! A finished trace as text: a tree with durations, bars, attributes and errors.

use std::fmt::Write;
use std::time::{Duration, SystemTime};

use opentelemetry::trace::{Event, SpanKind, Status};
use opentelemetry::{KeyValue, Value};
use opentelemetry_sdk::trace::SpanData;

use crate::forest::{Tree, forest};

/// The width of a bar, in characters.
const BAR: usize = 24;
/// The widest that the column of names gets.
const MAX_NAME: usize = 48;

/// Whether escape codes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Color,
}

const RED: &str = "\x1b[31m";
const GREEN: &str = "\x1b[32m";
const DIM: &str = "\x1b[2m";
const BOLD: &str = "\x1b[1m";

/// The spans of one trace, sorted by their start.
pub(super) fn render(spans: &[SpanData], style: Style) -> String {
    let Some(first) = spans.first() else {
        return String::new();
    };
    let mut lines = Vec::new();
    for tree in forest(spans) {
        collect(&tree, "", "", &mut lines);
    }
    let start = first.start_time;
    let end = spans
        .iter()
        .map(|span| span.end_time)
        .max()
        .unwrap_or(start);
    let page = Page {
        style,
        start,
        length: since(start, end),
        names: lines
            .iter()
            .map(Line::width)
            .max()
            .unwrap_or(0)
            .min(MAX_NAME),
    };
    let mut out = page.header(first, spans.len());
    for line in &lines {
        page.span(line, &mut out);
    }
    out.push('\n');
    out
}

/// A span, with the branches of the tree before its name and before what stands below it.
struct Line<'a> {
    branches: String,
    below: String,
    span: &'a SpanData,
}

impl Line<'_> {
    fn label(&self) -> String {
        format!("{}{}", self.branches, self.span.name.escape_debug())
    }

    fn width(&self) -> usize {
        self.label().chars().count()
    }
}

fn collect<'a>(tree: &Tree<'a>, branches: &str, below: &str, lines: &mut Vec<Line<'a>>) {
    let stem = if tree.children.is_empty() {
        "  "
    } else {
        "│ "
    };
    lines.push(Line {
        branches: branches.to_owned(),
        below: format!("{below}{stem}"),
        span: tree.span,
    });
    for (index, child) in tree.children.iter().enumerate() {
        let last = index + 1 == tree.children.len();
        let (branch, stem) = if last {
            ("└─ ", "   ")
        } else {
            ("├─ ", "│  ")
        };
        collect(
            child,
            &format!("{below}{branch}"),
            &format!("{below}{stem}"),
            lines,
        );
    }
}

/// What all lines of one trace share.
struct Page {
    style: Style,
    start: SystemTime,
    length: Duration,
    names: usize,
}

impl Page {
    fn header(&self, first: &SpanData, count: usize) -> String {
        let id = first.span_context.trace_id();
        let noun = if count == 1 { "span" } else { "spans" };
        let text = format!(
            "trace {id} · {count} {noun} · {}",
            duration(self.length).trim_start()
        );
        format!("{}\n", self.paint(DIM, &text))
    }

    fn span(&self, line: &Line<'_>, out: &mut String) {
        let span = line.span;
        let padding = " ".repeat(self.names.saturating_sub(line.width()));
        let took = duration(since(span.start_time, span.end_time));
        let name = match &span.status {
            Status::Error { .. } => self.paint(RED, &line.label()),
            _ => self.paint(BOLD, &line.label()),
        };
        let _ = write!(out, "{name}{padding} {took} {}", self.bar(span));
        for part in [
            kind(span),
            self.status(span),
            self.attributes(&span.attributes),
        ] {
            if !part.is_empty() {
                let _ = write!(out, " {part}");
            }
        }
        out.push('\n');
        for event in &span.events.events {
            self.event(&line.below, event, out);
        }
        for link in &span.links.links {
            let context = &link.span_context;
            let target = format!(
                "→ linked to span {} of trace {}",
                context.span_id(),
                context.trace_id()
            );
            let _ = writeln!(out, "{}{}", line.below, self.paint(DIM, &target));
        }
    }

    /// Where in the trace the span lies.
    fn bar(&self, span: &SpanData) -> String {
        let scale = |time: Duration| {
            let share = time.as_secs_f64() / self.length.as_secs_f64().max(f64::MIN_POSITIVE);
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss
            )]
            let cells = (share * BAR as f64).round() as usize;
            cells.min(BAR)
        };
        let from = scale(since(self.start, span.start_time)).min(BAR - 1);
        let to = scale(since(self.start, span.end_time)).max(from + 1);
        let color = if matches!(span.status, Status::Error { .. }) {
            RED
        } else {
            GREEN
        };
        let full = self.paint(color, &"█".repeat(to - from));
        format!("▕{}{full}{}▏", " ".repeat(from), " ".repeat(BAR - to))
    }

    fn status(&self, span: &SpanData) -> String {
        match &span.status {
            Status::Unset => String::new(),
            Status::Ok => self.paint(GREEN, "✓"),
            Status::Error { description } => {
                let text = format!("✗ {}", description.escape_debug());
                self.paint(RED, text.trim_end())
            }
        }
    }

    fn event(&self, below: &str, event: &Event, out: &mut String) {
        let name = event.name.escape_debug();
        let attributes = self.attributes(&event.attributes);
        let color = if event.name == "exception" { RED } else { DIM };
        let text = self.paint(color, &format!("• {name}"));
        let _ = writeln!(out, "{below}{text} {attributes}");
    }

    /// All but where the code stands, which says nothing new about a trace in its own terminal.
    fn attributes(&self, attributes: &[KeyValue]) -> String {
        let shown: Vec<String> = attributes
            .iter()
            .filter(|attribute| !attribute.key.as_str().starts_with("code."))
            .map(|attribute| {
                let key = attribute.key.as_str().escape_debug();
                format!(
                    "{}{}",
                    self.paint(DIM, &format!("{key}=")),
                    value(&attribute.value)
                )
            })
            .collect();
        shown.join(" ")
    }

    fn paint(&self, color: &str, text: &str) -> String {
        match self.style {
            Style::Plain => text.to_owned(),
            Style::Color => format!("{color}{text}\x1b[0m"),
        }
    }
}

fn kind(span: &SpanData) -> String {
    match span.span_kind {
        SpanKind::Internal => String::new(),
        ref kind => format!("[{}]", format!("{kind:?}").to_lowercase()),
    }
}

/// Strings are quoted and escaped: a value must not be able to write escape codes to the terminal.
fn value(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{:?}", text.as_str()),
        Value::Array(_) => value
            .to_string()
            .escape_debug()
            .to_string()
            .replace("\\\"", "\""),
        other => other.to_string(),
    }
}

/// Never negative, though the wall clock may have been set back meanwhile.
fn since(start: SystemTime, end: SystemTime) -> Duration {
    end.duration_since(start).unwrap_or_default()
}

/// Nine characters: three digits that count, and the unit.
fn duration(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    let (number, unit) = match seconds {
        s if s >= 1.0 => (s, "s "),
        s if s >= 1e-3 => (s * 1e3, "ms"),
        s => (s * 1e6, "µs"),
    };
    format!("{number:>6.2} {unit}")
}
