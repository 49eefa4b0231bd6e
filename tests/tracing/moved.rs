//! One program before and after it moved over by `runtime/src/integrations/tracing/moving.md`: `moved before`, `moved after` with the
//! subscriber of `traced::init`, `moved own` with its own. It prints its spans as JSON behind its log lines.

use std::collections::BTreeMap;

use opentelemetry::trace::SpanId;
use opentelemetry_sdk::trace::{InMemorySpanExporter, SpanData};
use serde_json::{Value, json};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::prelude::*;
use tracing_subscriber::{fmt, registry};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let way = std::env::args().nth(1).unwrap_or_default();
    let exporter = InMemorySpanExporter::default();
    match way.as_str() {
        "before" => before::run(&exporter).await,
        "own" => {
            registry()
                .with(targets())
                .with(traced::tracing::spans())
                .with(traced::tracing::events())
                .with(
                    fmt::layer()
                        .json()
                        .map_event_format(traced::tracing::with_ids),
                )
                .init();
            after::run(&exporter).await;
        }
        _ => after::run(&exporter).await,
    }
    let spans = exporter.get_finished_spans().expect("spans");
    println!("SPANS {}", report(&spans));
}

fn targets() -> Targets {
    "info,opentelemetry=warn".parse().expect("directives")
}

/// A library that uses `tracing` and `log`, and knows nothing of the move.
mod library {
    use tracing::{info, instrument};

    #[instrument(skip_all, fields(rows))]
    pub(super) async fn query(rows: u64) {
        info!(rows, "queried");
        log::warn!(target: "pool", "slow");
        tokio::task::yield_now().await;
    }
}

mod before {
    use opentelemetry::trace::TracerProvider;
    use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};
    use tracing::field::Empty;
    use tracing::{Instrument, Span, info, info_span, instrument};
    use tracing_subscriber::filter::LevelFilter;
    use tracing_subscriber::prelude::*;
    use tracing_subscriber::{fmt, registry};

    pub(super) async fn run(exporter: &InMemorySpanExporter) {
        let provider = SdkTracerProvider::builder()
            .with_simple_exporter(exporter.clone())
            .build();
        registry()
            .with(LevelFilter::INFO)
            .with(tracing_opentelemetry::layer().with_tracer(provider.tracer("moved")))
            .with(fmt::layer().json())
            .init();
        drop(process(7).await);
    }

    #[instrument(skip_all, fields(order, user = Empty))]
    async fn process(order: u64) -> Result<u64, String> {
        Span::current().record("user", 7);
        info!("started");
        let shipped = tokio::spawn(ship(order).in_current_span());
        let told = tokio::spawn(async { info!("told") }.instrument(Span::current()));
        super::library::query(3).await;
        {
            let step = info_span!("step", part = 1);
            let _entered = step.enter();
            info!("inside");
        }
        let audit = info_span!("audit");
        info!(parent: &audit, by = "nobody", "audited");
        shipped.await.expect("shipped");
        told.await.expect("told");
        log::info!("priced at {}", price());
        charge(order)
    }

    #[instrument(fields(carrier = "post"))]
    async fn ship(order: u64) {
        info!("shipped");
    }

    #[instrument(ret)]
    fn price() -> u64 {
        7
    }

    #[instrument(err(level = "warn"))]
    fn charge(order: u64) -> Result<u64, String> {
        Err("declined".to_owned())
    }
}

mod after {
    use opentelemetry_sdk::trace::InMemorySpanExporter;
    use traced::context::in_current_context;
    use traced::traced;
    use tracing::{info, info_span, warn};

    pub(super) async fn run(exporter: &InMemorySpanExporter) {
        let builder = traced::builder().with_json_lines();
        let guard = builder
            .with_exporter(exporter.clone())
            .init()
            .expect("set up");
        drop(process(7).await);
        guard.flush();
        std::mem::forget(guard);
    }

    #[traced(attributes(order))]
    async fn process(order: u64) -> Result<u64, String> {
        traced::set_attribute("user", 7);
        info!("started");
        let shipped = tokio::spawn(in_current_context(ship(order)));
        let told = tokio::spawn(in_current_context(async { info!("told") }));
        super::library::query(3).await;
        traced::span!("step", attributes(part = 1) => {
            info!("inside");
        });
        let audit = info_span!("audit");
        info!(parent: &audit, by = "nobody", "audited");
        shipped.await.expect("shipped");
        told.await.expect("told");
        log::info!("priced at {}", price());
        charge(order)
    }

    #[traced(attributes(order, carrier = "post"))]
    async fn ship(order: u64) {
        info!("shipped");
    }

    #[traced(ret)]
    fn price() -> u64 {
        let price = 7;
        info!("return" = price);
        price
    }

    #[traced(attributes(order))]
    fn charge(order: u64) -> Result<u64, String> {
        let error = "declined".to_owned();
        warn!(%error);
        Err(error)
    }
}

/// Returns each span by its name, with its parent's name, its fields and its events.
fn report(spans: &[SpanData]) -> Value {
    let names: BTreeMap<[u8; 8], &str> = spans
        .iter()
        .map(|span| (span.span_context.span_id().to_bytes(), &*span.name))
        .collect();
    let name = |id: SpanId| names.get(&id.to_bytes());
    let spans = spans.iter().map(|span| {
        let fields = span.attributes.iter();
        let fields = fields.map(|field| (field.key.to_string(), field.value.to_string()));
        let events = span.events.iter();
        // The name of an event without a message is its place.
        let events = events.map(|event| event.name.split(" tests/").next());
        let report = json!({
            "parent": name(span.parent_span_id),
            "fields": fields.collect::<BTreeMap<_, _>>(),
            "events": events.collect::<Vec<_>>(),
        });
        (span.name.to_string(), report)
    });
    json!(spans.collect::<BTreeMap<_, _>>())
}
