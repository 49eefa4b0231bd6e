//! `tracing` with `tracing-opentelemetry` as it comes, on the standard SDK.

use opentelemetry::trace::TracerProvider;
use tracing::instrument;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry;

use crate::contender::{Contender, Flush, Functions};
use crate::sdk;
use crate::situation::Sampling;
use crate::work::{self, Declined};

pub(crate) struct Tracing;

impl Contender for Tracing {
    type Functions = Instrumented;
    const NAME: &'static str = "tracing";

    fn install(sampling: Sampling) -> Flush {
        let provider = sdk::provider(sampling);
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("bench"));
        tracing::subscriber::set_global_default(registry().with(layer)).expect("the first one");
        sdk::flush(provider)
    }
}

/// Also those of the contender without what is optional.
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
