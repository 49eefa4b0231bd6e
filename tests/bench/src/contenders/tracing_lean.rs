//! `tracing` with `tracing-opentelemetry` without its optional parts, on the standard SDK.

use opentelemetry::trace::TracerProvider;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry;

use crate::contender::{Contender, Flush};
use crate::contenders::tracing::Instrumented;
use crate::sdk;
use crate::situation::Sampling;

pub(crate) struct TracingLean;

impl Contender for TracingLean {
    type Functions = Instrumented;
    const NAME: &'static str = "tracing-lean";

    fn install(sampling: Sampling) -> Flush {
        let provider = sdk::provider(sampling);
        let layer = tracing_opentelemetry::layer()
            .with_tracer(provider.tracer("bench"))
            .with_location(false)
            .with_tracked_inactivity(false)
            .with_threads(false)
            .with_target(false);
        tracing::subscriber::set_global_default(registry().with(layer)).expect("the first one");
        sdk::flush(provider)
    }
}
