//! The console exporter, which prints each trace to standard error when its first span in this
//! process has ended.

mod details;
mod line;
mod render;
mod rows;
mod traces;

use std::future::{Future, ready};
use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use terminal_size::terminal_size_of;

use line::Style;
use traces::{Part, Traces};

/// The interval at which the exporter looks for traces that stay open.
const LOOK: Duration = Duration::from_secs(1);

/// An exporter that prints each trace when its first span in this process has ended. Spans of the
/// trace that end later are printed separately. While the first span has not ended, the spans that
/// have are printed every few seconds.
#[derive(Debug)]
pub(super) struct Console(Arc<Mutex<Traces>>);

impl Console {
    pub(super) fn new() -> Console {
        let traces = Arc::default();
        let looked_at = Arc::downgrade(&traces);
        let thread = thread::Builder::new().name("traced-console".to_owned());
        // Without the thread, traces that stay open are printed when the exporter is shut down.
        let _ = thread.spawn(move || print_open(&looked_at));
        Console(traces)
    }
}

/// Prints the spans that have waited too long, once per second, until the exporter is dropped.
fn print_open(traces: &Weak<Mutex<Traces>>) {
    loop {
        thread::sleep(LOOK);
        let Some(traces) = traces.upgrade() else {
            return;
        };
        let mut traces = lock(&traces);
        print(traces.overdue(Instant::now()));
    }
}

fn lock(traces: &Mutex<Traces>) -> MutexGuard<'_, Traces> {
    traces.lock().unwrap_or_else(PoisonError::into_inner)
}

fn print(parts: Vec<Part>) {
    if parts.is_empty() {
        return;
    }
    let style = style();
    for part in parts {
        let text = render::render(&part.spans, part.is_open, style);
        // A closed standard error is not a reason to fail.
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }
}

/// Returns the style for standard error. It is determined each time, since a terminal may have
/// changed its size.
fn style() -> Style {
    let stderr = io::stderr();
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    Style {
        is_colored: stderr.is_terminal() && !no_color,
        width: terminal_size_of(&stderr).map(|(width, _)| usize::from(width.0)),
    }
}

impl SpanExporter for Console {
    fn export(&self, batch: Vec<SpanData>) -> impl Future<Output = OTelSdkResult> + Send {
        let now = Instant::now();
        let mut traces = lock(&self.0);
        for span in batch {
            traces.add(span, now);
        }
        print(traces.due());
        drop(traces);
        ready(Ok(()))
    }

    fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
        print(lock(&self.0).rest());
        Ok(())
    }
}
