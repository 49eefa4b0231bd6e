//! The provider under load, for the thread sanitizer: `tests/race/run` builds it with one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use opentelemetry::KeyValue;
use opentelemetry::trace::TraceContextExt;
use opentelemetry::{Context, trace::Span as _};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use traced::sdk::{AdaptiveSampling, TracerProvider};
use traced::traced;

#[derive(Clone, Debug, Default)]
struct Counted(Arc<AtomicU64>);

impl SpanExporter for Counted {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.0.fetch_add(batch.len() as u64, Ordering::Relaxed);
        Ok(())
    }
}

#[traced(attributes(n))]
fn outer(n: u64) {
    let context = Context::current();
    // The span is written to from two threads at once.
    thread::scope(|scope| {
        scope.spawn(|| context.span().set_attribute(KeyValue::new("other", true)));
        traced::set_attribute("own", true);
    });
    let _ = inner(n);
}

#[traced]
fn inner(n: u64) -> Result<(), String> {
    if n.is_multiple_of(10) {
        return Err("failed".to_owned());
    }
    Ok(())
}

fn storm(builder: traced::sdk::Builder<Counted>, counted: &Counted) {
    let provider = builder.build();
    traced::set_tracer_provider(provider.clone());
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for n in 0..500 {
                    outer(n);
                    thread::scope(|short| {
                        short.spawn(|| drop(inner(n)));
                    });
                }
            });
        }
        scope.spawn(|| {
            for _ in 0..20 {
                let _ = provider.force_flush();
                let _ = provider.stats();
            }
        });
    });
    let tracer = opentelemetry::trace::TracerProvider::tracer(&provider, "t");
    let mut late = opentelemetry::trace::Tracer::start(&tracer, "late");
    assert!(provider.shutdown().is_ok(), "the exporter takes all");
    late.end();
    let stats = provider.stats();
    let known = stats.exported + stats.sampled_out + stats.dropped.total();
    assert_eq!(stats.recorded, known);
    assert_eq!(stats.recorded, 4 * 500 * 3 + 1);
    assert_eq!(stats.exported, counted.0.load(Ordering::Relaxed));
}

fn main() {
    let counted = Counted::default();
    let builder = TracerProvider::builder().with_exporter(counted.clone());
    storm(builder, &counted);
    let counted = Counted::default();
    let builder = TracerProvider::builder().with_exporter(counted.clone());
    let sampling = AdaptiveSampling::default();
    storm(builder.with_adaptive_sampling(sampling), &counted);
}
