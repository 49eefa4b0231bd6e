//! `fastrace`, with the reporter of `fastrace-opentelemetry`.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};

use fastrace::collector::Config;
use fastrace::local::LocalSpan;
use fastrace::prelude::{Event, Span, SpanContext, trace};
use fastrace_opentelemetry::{OpenTelemetryReporter, SPAN_STATUS_CODE, SPAN_STATUS_DESCRIPTION};
use opentelemetry::InstrumentationScope;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SpanExporter;

use crate::contender::{Contender, Flush, Functions};
use crate::otlp::Sender;
use crate::sdk::Counter;
use crate::situation::{Protocol, Sampling};
use crate::work::{self, Declined};

/// The root decides whether the trace is sampled.
static IS_SAMPLED: AtomicBool = AtomicBool::new(true);

pub(crate) struct Fastrace;

impl Contender for Fastrace {
    type Functions = Self;
    const NAME: &'static str = "fastrace";
    const SENDS: bool = true;

    fn install(sampling: Sampling) -> Flush {
        install(Counter, sampling)
    }

    fn install_otlp(sampling: Sampling, protocol: Protocol, url: &str) -> Flush {
        install(Sender::to(url, protocol), sampling)
    }
}

fn install(exporter: impl SpanExporter + 'static, sampling: Sampling) -> Flush {
    let resource = Cow::Owned(Resource::builder().build());
    let scope = InstrumentationScope::builder("bench").build();
    let reporter = OpenTelemetryReporter::new(exporter, resource, scope);
    fastrace::set_reporter(reporter, Config::default());
    IS_SAMPLED.store(sampling != Sampling::Nothing, Ordering::Relaxed);
    Box::new(fastrace::flush)
}

impl Functions for Fastrace {
    fn root(children: impl FnOnce()) {
        let context = SpanContext::random().sampled(IS_SAMPLED.load(Ordering::Relaxed));
        let root = Span::root("root", context);
        let _guard = root.set_local_parent();
        children();
    }

    #[trace]
    fn none() {
        work::look(());
    }

    #[trace(properties = { "id": "{id}", "name": "{name}" })]
    fn two(id: i64, name: &str) {
        work::look((id, name));
    }

    #[trace(properties = { "id": "{id}", "name": "{name}", "amount": "{amount}", "unit": "{unit}" })]
    fn four(id: i64, name: &str, amount: i64, unit: &str) {
        work::look((id, name, amount, unit));
    }

    #[trace]
    fn error(id: i64) -> Result<(), Declined> {
        let result = work::fail(id);
        if let Err(error) = &result {
            let message = error.to_string();
            let exception =
                Event::new("exception").with_property(|| ("exception.message", message.clone()));
            LocalSpan::add_event(exception);
            LocalSpan::add_properties(|| {
                [
                    (SPAN_STATUS_CODE, "error".to_owned()),
                    (SPAN_STATUS_DESCRIPTION, message),
                ]
            });
        }
        result
    }

    #[trace]
    async fn waiting() {
        work::yield_once().await;
    }

    #[trace]
    fn nested(depth: u32) {
        if depth > 1 {
            Self::nested(depth - 1);
        }
        work::look(depth);
    }
}
