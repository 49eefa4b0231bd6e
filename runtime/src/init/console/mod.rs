//! The console exporter: each trace is printed when its first span in this process has ended.

mod render;

use std::collections::{HashMap, VecDeque};
use std::future::{Future, ready};
use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use opentelemetry::trace::{SpanId, TraceId};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};

/// How many ended spans of one trace are held before they are printed without waiting for the rest.
const MAX_SPANS: usize = 10_000;

/// How many traces that were printed are remembered, for spans that end late.
const MAX_PRINTED: usize = 1_000;

/// An exporter that prints each trace whose first span in this process has ended, and what ends later by itself.
#[derive(Debug)]
pub(super) struct Console {
    style: render::Style,
    traces: Mutex<Traces>,
}

/// The ended spans of the traces that are not finished, and the traces that were.
#[derive(Debug, Default)]
struct Traces {
    ended: HashMap<TraceId, Vec<SpanData>>,
    finished: Vec<TraceId>,
    printed: VecDeque<TraceId>,
}

impl Traces {
    fn add(&mut self, span: SpanData) {
        let id = span.span_context.trace_id();
        let is_root = span.parent_span_id == SpanId::INVALID || span.parent_span_is_remote;
        let spans = self.ended.entry(id).or_default();
        spans.push(span);
        let is_finished = is_root || spans.len() >= MAX_SPANS || self.printed.contains(&id);
        if is_finished && !self.finished.contains(&id) {
            self.finished.push(id);
        }
    }

    /// The traces to print now.
    fn finished(&mut self) -> Vec<Vec<SpanData>> {
        let finished = std::mem::take(&mut self.finished);
        let traces = finished.iter().filter_map(|id| self.ended.remove(id));
        let traces = traces.collect();
        self.printed.extend(finished);
        let excess = self.printed.len().saturating_sub(MAX_PRINTED);
        self.printed.drain(..excess);
        traces
    }

    /// All others.
    fn rest(&mut self) -> Vec<Vec<SpanData>> {
        let mut rest: Vec<_> = self.ended.drain().map(|(_, spans)| spans).collect();
        rest.sort_by_key(|spans| spans[0].start_time);
        rest
    }
}

impl Console {
    pub(super) fn new() -> Console {
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let style = if io::stdout().is_terminal() && !no_color {
            render::Style::Color
        } else {
            render::Style::Plain
        };
        Console {
            style,
            traces: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Traces> {
        self.traces.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn print(&self, mut spans: Vec<SpanData>) {
        spans.sort_by_key(|span| span.start_time);
        let text = render::render(&spans, self.style);
        // A closed standard output is no reason to fail.
        let _ = io::stdout().lock().write_all(text.as_bytes());
    }
}

impl SpanExporter for Console {
    fn export(&self, batch: Vec<SpanData>) -> impl Future<Output = OTelSdkResult> + Send {
        let finished = {
            let mut traces = self.lock();
            for span in batch {
                traces.add(span);
            }
            traces.finished()
        };
        for spans in finished {
            self.print(spans);
        }
        ready(Ok(()))
    }

    fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
        let rest = self.lock().rest();
        for spans in rest {
            self.print(spans);
        }
        Ok(())
    }
}
