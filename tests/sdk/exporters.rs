//! Exporters that behave as the tests want.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{SpanData, SpanExporter};

/// An exporter that keeps the spans.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kept(Arc<Mutex<Vec<SpanData>>>);

impl Kept {
    pub(crate) fn spans(&self) -> Vec<SpanData> {
        self.0.lock().expect("no test panics here").clone()
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let names = self.spans().into_iter().map(|span| span.name.into_owned());
        names.collect()
    }
}

impl SpanExporter for Kept {
    async fn export(&self, mut batch: Vec<SpanData>) -> OTelSdkResult {
        self.0
            .lock()
            .expect("no test panics here")
            .append(&mut batch);
        Ok(())
    }
}

/// An exporter that counts the spans.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counted(Arc<AtomicU64>);

impl Counted {
    pub(crate) fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl SpanExporter for Counted {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.0.fetch_add(batch.len() as u64, Ordering::Relaxed);
        Ok(())
    }
}

/// The fault at the first batch. Later batches are kept.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    Panics,
    Fails,
    Hangs,
    /// The exporter does not return for this long.
    Blocks(Duration),
}

#[derive(Debug)]
pub(crate) struct Faulty {
    fault: Mutex<Option<Fault>>,
    kept: Kept,
}

impl Faulty {
    pub(crate) fn new(fault: Fault, kept: &Kept) -> Faulty {
        Faulty {
            fault: Mutex::new(Some(fault)),
            kept: kept.clone(),
        }
    }
}

impl SpanExporter for Faulty {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let fault = self
            .fault
            .lock()
            .expect("it is not held while panicking")
            .take();
        match fault {
            None => return self.kept.export(batch).await,
            Some(Fault::Panics) => panic!("the exporter panics"),
            Some(Fault::Fails) => {}
            Some(Fault::Hangs) => std::future::pending().await,
            Some(Fault::Blocks(time)) => std::thread::sleep(time),
        }
        Err(OTelSdkError::InternalFailure("refused".to_owned()))
    }
}
