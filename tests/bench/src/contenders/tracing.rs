//! `tracing` with `tracing-opentelemetry` as it comes, on the standard SDK.

use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use tracing::level_filters::LevelFilter;
use tracing::{Subscriber, instrument};
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry;
use tracing_subscriber::registry::LookupSpan;

use crate::contender::{Contender, Flush, Functions};
use crate::otlp;
use crate::sdk;
use crate::situation::{Protocol, Sampling};
use crate::work::{self, Declined};

pub(crate) struct Tracing;

impl Contender for Tracing {
    type Functions = Instrumented;
    const NAME: &'static str = "tracing";
    const SENDS: bool = true;

    fn install(sampling: Sampling) -> Flush {
        let provider = sdk::provider(sampling);
        install(registry().with(layer(&provider)));
        sdk::flush(provider)
    }

    fn install_otlp(sampling: Sampling, protocol: Protocol, url: &str) -> Flush {
        let provider = otlp::provider(sampling, protocol, url);
        // Without that, the spans of the gRPC client are exported too, for ever.
        let own = Targets::new().with_target("traced_bench", LevelFilter::TRACE);
        install(registry().with(layer(&provider).with_filter(own)));
        sdk::flush(provider)
    }
}

fn layer<S>(provider: &SdkTracerProvider) -> OpenTelemetryLayer<S, SdkTracer>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    tracing_opentelemetry::layer().with_tracer(provider.tracer("bench"))
}

fn install(subscriber: impl Subscriber + Send + Sync) {
    tracing::subscriber::set_global_default(subscriber).expect("the first one");
}

/// The annotated functions, which the contender without the optional parts uses too.
pub(crate) struct Instrumented;

impl Functions for Instrumented {
    #[instrument(skip_all)]
    fn root(children: impl FnOnce()) {
        children();
    }

    #[instrument(skip_all)]
    fn none() {
        work::look(());
    }

    #[instrument]
    fn two(id: i64, name: &str) {
        work::look((id, name));
    }

    #[instrument]
    fn four(id: i64, name: &str, amount: i64, unit: &str) {
        work::look((id, name, amount, unit));
    }

    #[instrument(skip_all, err)]
    fn error(id: i64) -> Result<(), Declined> {
        work::fail(id)
    }

    #[instrument(skip_all)]
    async fn waiting() {
        work::yield_once().await;
    }

    #[instrument(skip_all)]
    fn nested(depth: u32) {
        if depth > 1 {
            Self::nested(depth - 1);
        }
        work::look(depth);
    }
}
