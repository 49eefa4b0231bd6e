//! Renders what was exported as text that does not depend on clocks and ids.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::time::{Duration, SystemTime};

use opentelemetry::trace::{SpanContext, SpanId, TraceFlags, TraceId};
use opentelemetry::{KeyValue, Value};
use opentelemetry_sdk::trace::SpanData;

use crate::run::is_remote;

/// Times that a program gives lie in the first minutes of 1970.
const GIVEN: Duration = Duration::from_secs(300);

/// The maximum difference between the counters of two processors: a span's events come from several
/// threads.
const SKEW: Duration = Duration::from_micros(1);

/// Returns the spans in the order in which they were opened, below what the program saw of them.
pub(crate) fn seen(spans: Vec<SpanData>, said: &[String]) -> String {
    let mut known = Known::default();
    let mut labeled: Vec<(i64, SpanData)> =
        spans.into_iter().map(|span| (label(&span), span)).collect();
    labeled.sort_by(|(one, a), (other, b)| one.cmp(other).then_with(|| a.name.cmp(&b.name)));
    for (label, span) in &labeled {
        known.learn(*label, span);
    }
    let mut text = said.join("\n");
    for (label, span) in &labeled {
        known.write(&mut text, *label, span);
    }
    text
}

fn label(span: &SpanData) -> i64 {
    let found = span
        .attributes
        .iter()
        .find(|attribute| attribute.key.as_str() == "label");
    match found.map(|attribute| &attribute.value) {
        Some(Value::I64(label)) => *label,
        _ => -1,
    }
}

/// The labels of spans and of the traces that begin with them.
#[derive(Default)]
struct Known {
    spans: HashMap<SpanId, i64>,
    traces: HashMap<TraceId, i64>,
}

impl Known {
    fn learn(&mut self, label: i64, span: &SpanData) {
        self.spans.insert(span.span_context.span_id(), label);
        self.traces
            .entry(span.span_context.trace_id())
            .or_insert(label);
    }

    fn write(&self, text: &mut String, label: i64, span: &SpanData) {
        let own = &span.span_context;
        let scope = &span.instrumentation_scope;
        let _ = write!(
            text,
            "\n{label} {:?} {:?} trace {} below {}{} {:?} by {}/{:?} from {} to {}\n  {:?}",
            span.name,
            span.span_kind,
            self.trace(own.trace_id()),
            self.span(span.parent_span_id),
            if span.parent_span_is_remote {
                " (remote)"
            } else {
                ""
            },
            // Ours says of a trace that its id is random.
            own.trace_flags() & TraceFlags::SAMPLED,
            scope.name(),
            scope.version(),
            time(span.start_time),
            // Ours ends no span before its start.
            time(span.end_time.max(span.start_time)),
            span.status,
        );
        let _ = write!(text, "\n  state {:?}", own.trace_state().header());
        let is_api = scope.name() == "api";
        for (key, value) in attributes(&span.attributes) {
            // Spans of the API are not this crate's own, which alone get copies of baggage.
            if key != "label" && !(is_api && key == "tenant") {
                let _ = write!(text, "\n  {key:?} = {value}");
            }
        }
        for event in span.events.iter() {
            let attributes = attributes(&event.attributes);
            let _ = write!(
                text,
                "\n  event {:?} {} {attributes:?}",
                event.name,
                time(event.timestamp)
            );
            check_time(span, event.timestamp);
        }
        for link in span.links.iter() {
            let _ = write!(
                text,
                "\n  link {} {:?}",
                self.context(&link.span_context),
                link.attributes
            );
        }
        let dropped = (
            span.dropped_attributes_count,
            span.events.dropped_count,
            span.links.dropped_count,
        );
        let _ = write!(text, "\n  dropped {dropped:?}");
        assert!(
            is_given(span.start_time)
                || is_given(span.end_time)
                || span.start_time <= span.end_time,
            "ends before it starts: {span:?}"
        );
    }

    fn span(&self, id: SpanId) -> String {
        match self.spans.get(&id) {
            Some(label) => label.to_string(),
            None => unknown(u64::from_be_bytes(id.to_bytes()).into()),
        }
    }

    fn trace(&self, id: TraceId) -> String {
        match self.traces.get(&id) {
            Some(label) => label.to_string(),
            None => unknown(u128::from_be_bytes(id.to_bytes())),
        }
    }

    fn context(&self, context: &SpanContext) -> String {
        let (trace, span) = (self.trace(context.trace_id()), self.span(context.span_id()));
        let flags = context.trace_flags() & TraceFlags::SAMPLED;
        format!(
            "{trace} {span} {flags:?} {} {:?}",
            context.is_remote(),
            context.trace_state().header()
        )
    }
}

/// Returns the label of an id that no exported span has: a remote one, none at all, or one of this
/// run alone.
fn unknown(id: u128) -> String {
    match id {
        0 => "none".to_owned(),
        id if is_remote(id) => format!("{id:x}"),
        _ => "another".to_owned(),
    }
}

/// Returns the last value of each key.
fn attributes(attributes: &[KeyValue]) -> BTreeMap<&str, String> {
    let pairs = attributes.iter();
    pairs
        .map(|attribute| (attribute.key.as_str(), shown(&attribute.value)))
        .collect()
}

/// Returns the value, regardless of how its text is held.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{:?}", text.as_str()),
        other => format!("{other:?}"),
    }
}

fn is_given(time: SystemTime) -> bool {
    time < SystemTime::UNIX_EPOCH + GIVEN
}

fn time(time: SystemTime) -> String {
    if is_given(time) {
        format!("{:?}", time.duration_since(SystemTime::UNIX_EPOCH))
    } else {
        "now".to_owned()
    }
}

fn check_time(span: &SpanData, at: SystemTime) {
    let (earliest, latest) = (span.start_time - SKEW, span.end_time + SKEW);
    let is_inside = is_given(at)
        || span.end_time <= span.start_time
        || ((is_given(span.start_time) || earliest <= at)
            && (is_given(span.end_time) || at <= latest));
    assert!(is_inside, "an event outside of its span: {span:?}");
}
