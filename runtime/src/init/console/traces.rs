//! Holds ended spans until they are printed.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use opentelemetry::trace::{SpanId, TraceId};
use opentelemetry::{KeyValue, Value};
use opentelemetry_sdk::trace::SpanData;

/// The maximum number of ended spans that are held for all traces together.
const MAX_SPANS: usize = 10_000;
/// The approximate maximum size of the spans that are held for all traces together, in bytes.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// The time after which ended spans no longer wait for the first span of their trace.
const PATIENCE: Duration = Duration::from_secs(3);

/// The maximum number of printed traces that are remembered, so that spans that end late do not
/// wait for a first span.
const MAX_PRINTED: usize = 1_000;

/// The spans of one trace that are printed together, in the order of their start.
pub(super) struct Part {
    pub(super) spans: Vec<SpanData>,
    /// `true` if the first span of the trace has not ended.
    pub(super) is_open: bool,
}

#[derive(Debug, Default)]
pub(super) struct Traces {
    held: HashMap<TraceId, Held>,
    /// The traces that are held, oldest first, each with the time at which its first span was
    /// added. Some may have been printed in the meantime.
    by_age: VecDeque<(Instant, TraceId)>,
    spans: usize,
    bytes: usize,
    finished: Vec<TraceId>,
    printed: VecDeque<TraceId>,
}

#[derive(Debug)]
struct Held {
    since: Instant,
    spans: Vec<SpanData>,
    bytes: usize,
}

impl Traces {
    pub(super) fn add(&mut self, span: SpanData, now: Instant) {
        let id = span.span_context.trace_id();
        let is_root = span.parent_span_id == SpanId::INVALID || span.parent_span_is_remote;
        if (is_root || self.printed.contains(&id)) && !self.finished.contains(&id) {
            self.finished.push(id);
        }
        let bytes = size(&span);
        let held = self.held.entry(id).or_insert_with(|| {
            self.by_age.push_back((now, id));
            Held {
                since: now,
                spans: Vec::new(),
                bytes: 0,
            }
        });
        held.spans.push(span);
        held.bytes += bytes;
        self.spans += 1;
        self.bytes += bytes;
    }

    /// Takes the spans of traces whose first span in this process has ended. If the spans of the
    /// other traces are too many or too large, also takes the oldest of these traces.
    pub(super) fn due(&mut self) -> Vec<Part> {
        let finished = std::mem::take(&mut self.finished);
        let mut parts = Vec::new();
        for id in &finished {
            parts.extend(self.take(*id, false));
        }
        self.printed.extend(finished);
        let excess = self.printed.len().saturating_sub(MAX_PRINTED);
        self.printed.drain(..excess);
        while self.spans > MAX_SPANS || self.bytes > MAX_BYTES {
            let Some((since, id)) = self.by_age.pop_front() else {
                break;
            };
            parts.extend(self.take_of(since, id));
        }
        self.forget_gone();
        parts
    }

    /// Takes the spans that have waited too long for the first span of their trace.
    pub(super) fn overdue(&mut self, now: Instant) -> Vec<Part> {
        let mut parts = Vec::new();
        while let Some((since, id)) = self.by_age.front().copied() {
            if now.duration_since(since) < PATIENCE {
                break;
            }
            self.by_age.pop_front();
            parts.extend(self.take_of(since, id));
        }
        parts
    }

    /// Takes all spans that are left.
    pub(super) fn rest(&mut self) -> Vec<Part> {
        let ids = std::mem::take(&mut self.by_age);
        let parts = ids.into_iter().filter_map(|(_, id)| self.take(id, true));
        parts.collect()
    }

    /// Takes the spans of an open trace if they have been held since this time, and otherwise
    /// returns `None`: an entry of `by_age` may be about spans that have been printed in the
    /// meantime.
    fn take_of(&mut self, since: Instant, id: TraceId) -> Option<Part> {
        self.held.get(&id).filter(|held| held.since == since)?;
        self.take(id, true)
    }

    fn take(&mut self, id: TraceId, is_open: bool) -> Option<Part> {
        let Held {
            mut spans, bytes, ..
        } = self.held.remove(&id)?;
        self.spans -= spans.len();
        self.bytes -= bytes;
        spans.sort_by_key(|span| span.start_time);
        Some(Part { spans, is_open })
    }

    /// Removes printed traces from `by_age` if it has grown much longer than the number of traces
    /// that are held.
    fn forget_gone(&mut self) {
        if self.by_age.len() > 2 * self.held.len() + 64 {
            let held = &self.held;
            let is_held =
                |since: Instant, id| held.get(&id).is_some_and(|held| held.since == since);
            self.by_age.retain(|(since, id)| is_held(*since, *id));
        }
    }
}

/// Returns the approximate size of a span, in bytes.
fn size(span: &SpanData) -> usize {
    let events = span.events.events.iter();
    let events = events.map(|event| 64 + event.name.len() + of_attributes(&event.attributes));
    let links = span.links.links.iter();
    let links = links.map(|link| 64 + of_attributes(&link.attributes));
    let own = size_of::<SpanData>() + span.name.len() + of_attributes(&span.attributes);
    own + events.sum::<usize>() + links.sum::<usize>()
}

fn of_attributes(attributes: &[KeyValue]) -> usize {
    let sizes = attributes.iter().map(|attribute| {
        let value = match &attribute.value {
            Value::String(text) => text.as_str().len(),
            Value::Array(_) => attribute.value.as_str().len(),
            _ => 0,
        };
        size_of::<KeyValue>() + value
    });
    sizes.sum()
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::{Span, SpanContext, TraceFlags, TraceState, Tracer, TracerProvider};
    use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};

    use super::*;

    fn span() -> SpanData {
        let exporter = InMemorySpanExporter::default();
        let provider = SdkTracerProvider::builder()
            .with_simple_exporter(exporter.clone())
            .build();
        provider.tracer("t").start("below").end();
        exporter
            .get_finished_spans()
            .expect("it is there")
            .remove(0)
    }

    /// Returns a span in the trace with this number, below a span that has not ended.
    fn below(span: &SpanData, trace: u128, text: usize) -> SpanData {
        let (trace, id) = (TraceId::from(trace), SpanId::from(2));
        let flags = TraceFlags::SAMPLED;
        let mut span = span.clone();
        span.span_context = SpanContext::new(trace, id, flags, false, TraceState::NONE);
        span.parent_span_id = SpanId::from(1);
        span.attributes = vec![KeyValue::new("text", "x".repeat(text))];
        span
    }

    fn number(part: &Part) -> u128 {
        u128::from_be_bytes(part.spans[0].span_context.trace_id().to_bytes())
    }

    #[test]
    fn traces_whose_first_span_never_ends_are_bounded_and_the_oldest_go_first() {
        let (span, now) = (span(), Instant::now());
        let mut traces = Traces::default();
        let mut printed = 0;
        for trace in 1..=300_000 {
            traces.add(below(&span, trace, 10), now);
            for part in traces.due() {
                printed += 1;
                assert!(part.is_open);
                assert_eq!(number(&part), printed);
            }
        }
        assert_eq!(printed, 290_000);
        assert_eq!(traces.held.len(), MAX_SPANS);
        assert!(traces.by_age.len() <= 2 * MAX_SPANS + 64);
        assert_eq!(traces.rest().len(), MAX_SPANS);
        assert_eq!((traces.spans, traces.bytes), (0, 0));
    }

    #[test]
    fn large_spans_are_bounded_by_their_bytes() {
        let (span, now) = (span(), Instant::now());
        let mut traces = Traces::default();
        for _ in 0..100 {
            traces.add(below(&span, 1, 1_000_000), now);
        }
        let parts = traces.due();
        assert_eq!(parts.len(), 1);
        assert_eq!(parts[0].spans.len(), 100);
        assert_eq!(traces.bytes, 0);
    }

    #[test]
    fn what_waits_too_long_is_printed_once_and_what_comes_then_waits_anew() {
        let (span, now) = (span(), Instant::now());
        let mut traces = Traces::default();
        traces.add(below(&span, 1, 0), now);
        assert!(traces.due().is_empty());
        assert!(traces.overdue(now + PATIENCE / 2).is_empty());
        assert_eq!(traces.overdue(now + PATIENCE).len(), 1);
        traces.add(below(&span, 1, 0), now + PATIENCE);
        assert!(traces.due().is_empty());
        assert!(traces.overdue(now + PATIENCE).is_empty());
        assert_eq!(traces.overdue(now + 2 * PATIENCE).len(), 1);
    }
}
