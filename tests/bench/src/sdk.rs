//! The standard SDK, and the exporter at the end of every contender.

use std::sync::atomic::{AtomicU32, Ordering};

use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider, SpanData, SpanExporter};

use crate::contender::Flush;
use crate::situation::Sampling;

static ARRIVED: AtomicU32 = AtomicU32::new(0);

/// Returns the number of spans exported so far in this process.
pub(crate) fn arrived() -> u32 {
    ARRIVED.load(Ordering::SeqCst)
}

/// An exporter that counts the spans and drops them.
#[derive(Debug)]
pub(crate) struct Counter;

impl SpanExporter for Counter {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        count(batch.len());
        Ok(())
    }
}

pub(crate) fn count(spans: usize) {
    let spans = u32::try_from(spans).expect("a batch is small");
    ARRIVED.fetch_add(spans, Ordering::SeqCst);
}

/// Counts spans, given how many there were so far.
pub(crate) fn count_up_to(spans: u64) {
    let spans = u32::try_from(spans).expect("a run is short");
    ARRIVED.store(spans, Ordering::SeqCst);
}

/// Returns the sampler, which decides at the root. All other spans follow their parent.
pub(crate) fn sampler(sampling: Sampling) -> Sampler {
    let root = match sampling {
        Sampling::All | Sampling::Adaptive => Sampler::AlwaysOn,
        Sampling::Nothing => Sampler::AlwaysOff,
    };
    Sampler::ParentBased(Box::new(root))
}

/// Returns a provider of the SDK with its defaults and its batch processor.
pub(crate) fn provider(sampling: Sampling) -> SdkTracerProvider {
    SdkTracerProvider::builder()
        .with_sampler(sampler(sampling))
        .with_batch_exporter(Counter)
        .build()
}

pub(crate) fn flush(provider: SdkTracerProvider) -> Flush {
    Box::new(move || provider.force_flush().expect("the SDK flushes"))
}
