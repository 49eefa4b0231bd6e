//! Tests that a provider that is replaced shuts down, however long that takes, and that traced
//! functions do not wait for it.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{InMemorySpanExporter, SpanData, SpanExporter};
use traced::sdk::TracerProvider;
use traced::traced;

/// An exporter that reports that it was called, and waits to be released.
#[derive(Debug)]
struct Waiting {
    called: Sender<()>,
    released: Mutex<Receiver<()>>,
}

impl SpanExporter for Waiting {
    async fn export(&self, _batch: Vec<SpanData>) -> OTelSdkResult {
        self.called.send(()).expect("the test waits for it");
        let released = self.released.lock().expect("no panic").recv();
        released.expect("the test releases it");
        Ok(())
    }
}

#[traced]
fn work() {}

#[test]
fn traced_functions_do_not_wait_for_the_provider_that_was_replaced() {
    let (called, is_called) = channel();
    let (release, released) = channel();
    let waiting = Waiting {
        called,
        released: Mutex::new(released),
    };
    traced::set_tracer_provider(TracerProvider::builder().with_exporter(waiting).build());
    work();

    let kept = InMemorySpanExporter::default();
    let provider = TracerProvider::builder()
        .with_exporter(kept.clone())
        .build();
    let is_set = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            traced::set_tracer_provider(provider.clone());
            is_set.store(true, Ordering::Relaxed);
        });
        is_called.recv().expect("the old provider shuts down");
        work();
        let had_to_wait = is_set.load(Ordering::Relaxed);
        release.send(()).expect("the exporter waits");
        assert!(!had_to_wait);
    });
    provider.force_flush().expect("the exporter takes all");
    let spans = kept.get_finished_spans().expect("no panic");
    assert_eq!(spans.len(), 1);
}
