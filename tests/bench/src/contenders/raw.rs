//! The API of OpenTelemetry by hand, with a tracer asked for once, on the standard SDK.

use std::sync::LazyLock;

use opentelemetry::global::{self, BoxedTracer};
use opentelemetry::trace::{FutureExt, SpanBuilder, Status, TraceContextExt, Tracer};
use opentelemetry::{Context, ContextGuard, KeyValue};

use crate::contender::{Contender, Flush, Functions};
use crate::otlp;
use crate::sdk;
use crate::situation::{Protocol, Sampling};
use crate::work::{self, Declined};

static TRACER: LazyLock<BoxedTracer> = LazyLock::new(|| global::tracer("bench"));

pub(crate) struct Raw;

impl Contender for Raw {
    type Functions = Self;
    const NAME: &'static str = "raw";
    const SENDS: bool = true;

    fn install(sampling: Sampling) -> Flush {
        let provider = sdk::provider(sampling);
        global::set_tracer_provider(provider.clone());
        sdk::flush(provider)
    }

    fn install_otlp(sampling: Sampling, protocol: Protocol, url: &str) -> Flush {
        let provider = otlp::provider(sampling, protocol, url);
        global::set_tracer_provider(provider.clone());
        sdk::flush(provider)
    }
}

impl ByHand for Raw {
    fn start(span: SpanBuilder) -> Context {
        Context::current_with_span(TRACER.build(span))
    }
}

/// The functions, for any way to get a tracer.
pub(crate) trait ByHand {
    fn start(span: SpanBuilder) -> Context;
}

fn enter<T: ByHand>(name: &'static str, attributes: Vec<KeyValue>) -> ContextGuard {
    T::start(SpanBuilder::from_name(name).with_attributes(attributes)).attach()
}

impl<T: ByHand> Functions for T {
    fn root(children: impl FnOnce()) {
        let _guard = enter::<T>("root", Vec::new());
        children();
    }

    fn none() {
        let _guard = enter::<T>("none", Vec::new());
        work::look(());
    }

    fn two(id: i64, name: &str) {
        let attributes = vec![
            KeyValue::new("id", id),
            KeyValue::new("name", name.to_owned()),
        ];
        let _guard = enter::<T>("two", attributes);
        work::look((id, name));
    }

    fn four(id: i64, name: &str, amount: i64, unit: &str) {
        let attributes = vec![
            KeyValue::new("id", id),
            KeyValue::new("name", name.to_owned()),
            KeyValue::new("amount", amount),
            KeyValue::new("unit", unit.to_owned()),
        ];
        let _guard = enter::<T>("four", attributes);
        work::look((id, name, amount, unit));
    }

    fn error(id: i64) -> Result<(), Declined> {
        let _guard = enter::<T>("error", Vec::new());
        let result = work::fail(id);
        if let Err(error) = &result {
            let context = Context::current();
            let span = context.span();
            span.record_error(error);
            span.set_status(Status::error(error.to_string()));
        }
        result
    }

    async fn waiting() {
        let context = T::start(SpanBuilder::from_name("waiting"));
        work::yield_once().with_context(context).await;
    }

    fn nested(depth: u32) {
        let _guard = enter::<T>("nested", Vec::new());
        if depth > 1 {
            Self::nested(depth - 1);
        }
        work::look(depth);
    }
}
