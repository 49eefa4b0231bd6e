//! `opentelemetry-traceable`, its spans in the OpenTelemetry context, on the standard SDK.

use opentelemetry::Context;
use opentelemetry::trace::{Status, TraceContextExt, TracerProvider};
use opentelemetry_traceable::instrumentation::Instrumentation;
use opentelemetry_traceable::traceable;

use crate::contender::{Contender, Flush, Functions};
use crate::sdk;
use crate::situation::Sampling;
use crate::work::{self, Declined};

pub(crate) struct Traceable;

impl Contender for Traceable {
    type Functions = Self;
    const NAME: &'static str = "traceable";

    fn install(sampling: Sampling) -> Flush {
        let provider = sdk::provider(sampling);
        let instrumentation = Instrumentation::builder()
            .tracer(provider.tracer("bench"))
            .distributed()
            .build()
            .expect("the first one");
        instrumentation.enable_all();
        let flush = sdk::flush(provider);
        Box::new(move || {
            let _enabled = &instrumentation;
            flush();
        })
    }
}

impl Functions for Traceable {
    #[traceable]
    fn root(children: impl FnOnce()) {
        children();
    }

    #[traceable]
    fn none() {
        work::look(());
    }

    #[traceable(fields("id" = id, "name" = name.to_owned()))]
    fn two(id: i64, name: &str) {
        work::look((id, name));
    }

    #[traceable(fields("id" = id, "name" = name.to_owned(), "amount" = amount, "unit" = unit.to_owned()))]
    fn four(id: i64, name: &str, amount: i64, unit: &str) {
        work::look((id, name, amount, unit));
    }

    #[traceable]
    fn error(id: i64) -> Result<(), Declined> {
        let result = work::fail(id);
        if let Err(error) = &result {
            let context = Context::current();
            let span = context.span();
            span.record_error(error);
            span.set_status(Status::error(error.to_string()));
        }
        result
    }

    #[traceable]
    async fn waiting() {
        work::yield_once().await;
    }

    #[traceable]
    fn nested(depth: u32) {
        if depth > 1 {
            Self::nested(depth - 1);
        }
        work::look(depth);
    }
}
