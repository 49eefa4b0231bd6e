//! The console exporter: each trace is printed when its last span in this process has ended.

mod render;

use std::collections::HashMap;
use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry::trace::{Span as _, TraceId};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanProcessor};

/// How many ended spans of one trace are held before they are printed without waiting for the rest.
const MAX_SPANS: usize = 10_000;

/// A span processor, since only a processor hears of the start of a span and so knows when a trace is finished.
#[derive(Debug)]
pub(super) struct Console {
    style: render::Style,
    traces: Mutex<HashMap<TraceId, Trace>>,
}

/// The spans of a trace that is not finished.
#[derive(Debug, Default)]
struct Trace {
    open: usize,
    ended: Vec<SpanData>,
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

    fn lock(&self) -> MutexGuard<'_, HashMap<TraceId, Trace>> {
        self.traces.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an ended span; the spans to print now, if it was the last one open.
    fn end(&self, span: SpanData) -> Option<Vec<SpanData>> {
        let id = span.span_context.trace_id();
        let mut traces = self.lock();
        let trace = traces.entry(id).or_default();
        trace.ended.push(span);
        trace.open = trace.open.saturating_sub(1);
        if trace.open == 0 {
            return traces.remove(&id).map(|trace| trace.ended);
        }
        (trace.ended.len() >= MAX_SPANS).then(|| std::mem::take(&mut trace.ended))
    }

    fn print(&self, mut spans: Vec<SpanData>) {
        spans.sort_by_key(|span| span.start_time);
        let text = render::render(&spans, self.style);
        // A closed standard output is no reason to fail.
        let _ = io::stdout().lock().write_all(text.as_bytes());
    }

    /// Prints what has ended of the traces that are not finished.
    fn print_rest(&self) {
        let rest = std::mem::take(&mut *self.lock());
        let mut rest: Vec<_> = rest
            .into_values()
            .filter(|trace| !trace.ended.is_empty())
            .collect();
        rest.sort_by_key(|trace| trace.ended[0].start_time);
        for trace in rest {
            self.print(trace.ended);
        }
    }
}

impl SpanProcessor for Console {
    fn on_start(&self, span: &mut Span, _context: &Context) {
        let id = span.span_context().trace_id();
        self.lock().entry(id).or_default().open += 1;
    }

    fn on_end(&self, span: SpanData) {
        if let Some(spans) = self.end(span) {
            self.print(spans);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
        self.print_rest();
        Ok(())
    }
}
