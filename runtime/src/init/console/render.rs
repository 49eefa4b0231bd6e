//! Renders a trace as text: a tree with durations, bars, attributes and errors.

use std::time::{Duration, SystemTime};

use opentelemetry::trace::{Event, Link, Status};
use opentelemetry_sdk::trace::SpanData;
use unicode_width::UnicodeWidthStr;

use super::details::{attributes, kind, status};
use super::line::{BOLD, DIM, GREEN, Line, PLAIN, RED, Style, cut};
use super::rows::{Row, rows};
use crate::escape::Escaped;

/// The width of a bar, in characters.
const BAR: usize = 24;
/// The maximum width of the column of names.
const MAX_NAME: usize = 48;
/// The minimum width of the column of names, on a narrow terminal.
const MIN_NAME: usize = 12;
/// The width of what follows the name: the duration, the bar with its ends, and a space before
/// each.
const BEHIND_NAME: usize = 1 + 9 + 1 + BAR + 2;

/// Renders the spans of one trace, which must be sorted by their start. If `is_open` is `true`, the
/// header says that the trace is still open.
pub(super) fn render(spans: &[SpanData], is_open: bool, style: Style) -> String {
    let Some(first) = spans.first() else {
        return String::new();
    };
    let rows = rows(spans);
    let start = first.start_time;
    let end = spans.iter().map(|span| span.end_time).max();
    let names = rows.iter().map(|row| row.label.width()).max().unwrap_or(0);
    let page = Page {
        style,
        start,
        length: since(start, end.unwrap_or(start)),
        names: names.min(MAX_NAME),
    };
    let mut out = String::new();
    page.header(first, spans.len(), is_open)
        .write(style, &mut out);
    for row in &rows {
        page.span(row, &mut out);
    }
    out.push('\n');
    out
}

/// The values that all lines of one trace share.
struct Page {
    style: Style,
    start: SystemTime,
    length: Duration,
    names: usize,
}

impl Page {
    fn header(&self, first: &SpanData, count: usize, is_open: bool) -> Line {
        let id = first.span_context.trace_id();
        let noun = if count == 1 { "span" } else { "spans" };
        let length = duration(self.length);
        let text = format!("trace {id} · {count} {noun} · {}", length.trim());
        let open = if is_open { " · still open" } else { "" };
        Line::new(DIM, text).and(BOLD, open)
    }

    fn span(&self, row: &Row<'_>, out: &mut String) {
        let span = row.span;
        let room = self.style.width.map_or(usize::MAX, |width| {
            width.saturating_sub(BEHIND_NAME).max(MIN_NAME)
        });
        let label = cut(&row.label, room);
        let padding = " ".repeat(self.names.min(room).saturating_sub(label.width()));
        let took = duration(since(span.start_time, span.end_time));
        let color = match &span.status {
            Status::Error { .. } => RED,
            _ => BOLD,
        };
        let line = Line::new(color, label).and(PLAIN, format!("{padding} {took} "));
        let details = [kind(span), status(span)].into_iter().flatten();
        let details = details.chain(attributes(&span.attributes)).collect();
        self.bar(span, line)
            .write_with(details, &row.below, self.style, out);
        for event in &span.events.events {
            self.event(&row.below, event, out);
        }
        for link in &span.links.links {
            self.link(&row.below, link, out);
        }
    }

    /// Appends the bar, which shows when the span ran within its trace.
    fn bar(&self, span: &SpanData, line: Line) -> Line {
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
        line.and(PLAIN, format!("▕{}", " ".repeat(from)))
            .and(color, "█".repeat(to - from))
            .and(PLAIN, format!("{}▏", " ".repeat(BAR - to)))
    }

    fn event(&self, below: &str, event: &Event, out: &mut String) {
        let color = if event.name == "exception" { RED } else { DIM };
        let name = format!("• {}", Escaped(&event.name));
        let line = Line::new(PLAIN, below).and(color, name);
        let details = attributes(&event.attributes).collect();
        line.write_with(details, &format!("{below}  "), self.style, out);
    }

    fn link(&self, below: &str, link: &Link, out: &mut String) {
        let (span, trace) = (link.span_context.span_id(), link.span_context.trace_id());
        let target = format!("→ linked to span {span} of trace {trace}");
        Line::new(PLAIN, below)
            .and(DIM, target)
            .write(self.style, out);
    }
}

/// Returns the time from `start` to `end`, or zero if the wall clock was set back in between.
fn since(start: SystemTime, end: SystemTime) -> Duration {
    end.duration_since(start).unwrap_or_default()
}

/// Formats a duration with two decimals and its unit, in nine characters unless the number has four
/// digits or more before the point.
fn duration(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    let (number, unit) = match seconds {
        s if s >= 1.0 => (s, "s "),
        s if s >= 1e-3 => (s * 1e3, "ms"),
        s => (s * 1e6, "µs"),
    };
    format!("{number:>6.2} {unit}")
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use opentelemetry::trace::{Span as _, SpanKind, TraceContextExt, Tracer, TracerProvider};
    use opentelemetry::{Context, KeyValue};
    use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};

    use super::*;

    fn trace() -> Vec<SpanData> {
        let exporter = InMemorySpanExporter::default();
        let provider = SdkTracerProvider::builder()
            .with_simple_exporter(exporter.clone())
            .build();
        let tracer = provider.tracer("t");
        let at = |milliseconds| SystemTime::UNIX_EPOCH + Duration::from_millis(milliseconds);
        let root = tracer.span_builder("process_order").with_start_time(at(0));
        let context = Context::new().with_span(root.start(&tracer));
        let child = tracer.span_builder("a_function_with_a_name_that_is_long_注文");
        let child = child
            .with_kind(SpanKind::Client)
            .with_start_time(at(10))
            .with_attributes([
                KeyValue::new("user", "anna"),
                KeyValue::new("text", "x".repeat(60)),
            ]);
        let mut child = child.start_with_context(&tracer, &context);
        child.add_event(
            "exception",
            vec![KeyValue::new("exception.message", "y".repeat(60))],
        );
        child.set_status(Status::error("the card was declined"));
        child.end_with_timestamp(at(30));
        context.span().end_with_timestamp(at(40));
        let mut spans = exporter.get_finished_spans().expect("it is there");
        spans.sort_by_key(|span| span.start_time);
        spans
    }

    /// Renders a trace. Its id, which changes from run to run, is replaced with `ID`.
    fn shown(width: Option<usize>, is_open: bool) -> String {
        let spans = trace();
        let id = spans[0].span_context.trace_id().to_string();
        let style = Style {
            is_colored: false,
            width,
        };
        let text = render(&spans, is_open, style);
        if let Some(width) = width {
            assert!(text.lines().all(|line| line.width() <= width), "{text}");
        }
        text.replace(&id, "ID")
    }

    #[test]
    fn where_there_is_no_terminal_all_is_shown() {
        assert_snapshot!(shown(None, false), @r#"
        trace ID · 2 spans · 40.00 ms
        process_order                                40.00 ms ▕████████████████████████▏
        └─ a_function_with_a_name_that_is_long_注文  20.00 ms ▕      ████████████      ▏ [client] ✗ the card was declined user="anna" text="xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
             • exception exception.message="yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"
        "#);
    }

    #[test]
    fn a_terminal_has_no_line_that_is_wider() {
        assert_snapshot!(shown(Some(80), true), @r#"
        trace ID · 2 spans · 40.00 ms · still open
        process_order                                40.00 ms ▕████████████████████████▏
        └─ a_function_with_a_name_that_is_long_注文  20.00 ms ▕      ████████████      ▏
             [client] ✗ the card was declined user="anna"
             text="xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
             • exception
               exception.message="yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…
        "#);
    }

    #[test]
    fn a_narrow_terminal_cuts_names() {
        assert_snapshot!(shown(Some(60), false), @r#"
        trace ID · 2 spans · 40.00 ms
        process_order            40.00 ms ▕████████████████████████▏
        └─ a_function_with_a_n…  20.00 ms ▕      ████████████      ▏
             [client] ✗ the card was declined user="anna"
             text="xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
             • exception
               exception.message="yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…
        "#);
    }
}
