//! The API of OpenTelemetry by hand, with a tracer that is asked for each time, on the standard
//! SDK.

use opentelemetry::trace::{SpanBuilder, TraceContextExt, Tracer};
use opentelemetry::{Context, global};

use crate::contender::{Contender, Flush};
use crate::contenders::raw::{ByHand, Raw};
use crate::situation::Sampling;

pub(crate) struct RawGlobal;

impl Contender for RawGlobal {
    type Functions = Self;
    const NAME: &'static str = "raw-global";

    fn install(sampling: Sampling) -> Flush {
        Raw::install(sampling)
    }
}

impl ByHand for RawGlobal {
    fn start(span: SpanBuilder) -> Context {
        Context::current_with_span(global::tracer("bench").build(span))
    }
}
