//! Adaptive sampling keeps what matters: each trace with an error, and a small part of the others.
//!
//!     cargo run --example sampling
//!
//! `traced::init` does the same without a line of code, with two environment variables:
//!
//!     OTEL_TRACES_SAMPLER=traced_adaptive
//!     OTEL_TRACES_SAMPLER_ARG=base=0.1,error=1

use std::error::Error;

use traced::opentelemetry::SpanId;
use traced::opentelemetry::trace::Status;
use traced::opentelemetry_sdk::trace::{InMemorySpanExporter, SpanData};
use traced::sdk::AdaptiveSampling;
use traced::traced;

#[traced(attributes(order.id = id))]
fn process_order(id: u32) -> Result<(), String> {
    charge(id)
}

#[traced(kind = client)]
fn charge(id: u32) -> Result<(), String> {
    if id % 250 == 7 {
        return Err("the card was declined".to_owned());
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    // Stands for the collector, so that this program can count what would arrive there.
    let collector = InMemorySpanExporter::default();
    let sampling = AdaptiveSampling {
        base_rate: 0.1,
        error_rate: 1.0,
        ..AdaptiveSampling::default()
    };
    let guard = traced::builder()
        .with_exporter(collector.clone())
        .with_sampling(sampling)
        .init()?;

    let failed = (0..1000).filter(|id| process_order(*id).is_err()).count();
    guard.flush();

    // The first span of a trace stands for it. Its `sampling.reason` says why the trace was kept.
    let mut spans = collector.get_finished_spans()?;
    spans.retain(|span| span.parent_span_id == SpanId::INVALID);
    let (errors, others): (Vec<_>, Vec<_>) = spans.iter().partition(|span| is_error(span));
    println!("kept {} of {failed} traces with an error", errors.len());
    println!("kept {} of {} others", others.len(), 1000 - failed);
    Ok(())
}

fn is_error(span: &SpanData) -> bool {
    matches!(span.status, Status::Error { .. })
}
