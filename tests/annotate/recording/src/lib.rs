//! `traced`, with a provider that is there before `main` and counts the spans that end.
//!
//! A crate that depends on it by the name `traced` records, whatever its own tests do. The variable `TRACED_SPANS` names a
//! folder; each process writes its count there, in a file named by its id.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use std::{env, process};

use opentelemetry::Context;
use opentelemetry::trace::noop::NoopTracerProvider;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracerProvider, Span, SpanData, SpanProcessor};

pub use traced::*;

/// A process that ended this many has shown what it can: it goes on without a provider, or some tests would take hours.
const ENOUGH: u64 = 20_000_000;
/// Counts up to this are written one by one, and every so many after that: nothing of ours runs when a process exits.
const STEP: u64 = 1024;

#[ctor::ctor(unsafe)]
fn install() {
    let file = env::var("TRACED_SPANS")
        .ok()
        .and_then(|folder| File::create(format!("{folder}/{}", process::id())).ok());
    let counter = Counter {
        ended: AtomicU64::new(0),
        file,
    };
    let provider = SdkTracerProvider::builder()
        .with_span_processor(counter)
        .build();
    traced::set_tracer_provider(provider);
}

#[derive(Debug)]
struct Counter {
    ended: AtomicU64,
    file: Option<File>,
}

impl SpanProcessor for Counter {
    fn on_start(&self, _span: &mut Span, _context: &Context) {}

    fn on_end(&self, _span: SpanData) {
        let ended = self.ended.fetch_add(1, Ordering::Relaxed) + 1;
        if let Some(file) = &self.file
            && (ended <= STEP || ended.is_multiple_of(STEP))
        {
            let text = format!("{ended:>20}");
            // A count that is lost shows in the report; a test must not fail of it.
            let _ = file.write_all_at(text.as_bytes(), 0);
        }
        if ended == ENOUGH {
            traced::set_tracer_provider(NoopTracerProvider::new());
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
        Ok(())
    }
}
