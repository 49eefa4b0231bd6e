//! The header `uber-trace-id`.

use std::sync::LazyLock;

use opentelemetry::Context;
use opentelemetry::propagation::text_map_propagator::FieldIter;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use opentelemetry::trace::{SpanId, TraceContextExt, TraceId};

use super::b3::{Decision, Received, is_debugged};
use super::lines::only_line;
use super::{hex, percent};

const HEADER: &str = "uber-trace-id";

static FIELDS: LazyLock<[String; 1]> = LazyLock::new(|| [HEADER.to_owned()]);

/// The length of a trace id, a span id, the parent's id and two digits of flags, if the colons
/// between them are encoded.
const MAX_LENGTH: usize = 75;

const SAMPLED: u64 = 1;
const DEBUG: u64 = 2;

/// Propagates the span in [Jaeger's own
/// format](https://www.jaegertracing.io/sdk-migration/#propagation-format), for services that have
/// not moved to W3C's format.
///
/// Ids may lack leading zeros, and the value may be percent-encoded. Jaeger's own baggage
/// (`uberctx-…`) is not supported: use [`Baggage`](super::Baggage) as well.
///
/// # Example
///
/// ```
/// use std::collections::HashMap;
/// use opentelemetry::propagation::TextMapPropagator;
/// use opentelemetry::trace::TraceContextExt;
/// use traced::propagation::Jaeger;
///
/// let value = "3ba864fe8b2a57d3eff7:e457b5a2e4d86bd1:0:1";
/// let headers = HashMap::from([("uber-trace-id".to_owned(), value.to_owned())]);
/// assert!(Jaeger.extract(&headers).span().span_context().is_sampled());
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Jaeger;

impl TextMapPropagator for Jaeger {
    fn inject_context(&self, context: &Context, injector: &mut dyn Injector) {
        let span = context.span();
        let span = span.span_context();
        if !span.is_valid() {
            return;
        }
        let (trace, id) = (span.trace_id(), span.span_id());
        let flags = match span.is_sampled() {
            true if is_debugged(context, trace) => SAMPLED | DEBUG,
            true => SAMPLED,
            false => 0,
        };
        injector.set(HEADER, format!("{trace}:{id}:0:{flags:x}"));
    }

    fn extract_with_context(&self, context: &Context, extractor: &dyn Extractor) -> Context {
        let received = only_line(extractor, HEADER).and_then(parse);
        received.map_or_else(|| context.clone(), |received| received.take_up(context))
    }

    fn fields(&self) -> FieldIter<'_> {
        FieldIter::new(FIELDS.as_slice())
    }
}

/// Reads `TRACE:SPAN:PARENT:FLAGS`. Returns `None` if it is not valid.
fn parse(line: &str) -> Option<Received> {
    if line.len() > MAX_LENGTH {
        return None;
    }
    let line = percent::decode(line);
    let mut fields = line.splitn(4, ':').map(str::as_bytes);
    let mut field = |max| {
        fields
            .next()
            .filter(|field| (1..=max).contains(&field.len()))
    };
    let trace = TraceId::from(hex::number(field(32)?)?);
    let id = SpanId::from(hex::short_number(field(16)?)?);
    hex::short_number(field(16)?)?;
    let flags = hex::short_number(field(2)?)?;
    let decision = match (flags & SAMPLED, flags & DEBUG) {
        (0, _) => Decision::Not,
        (_, 0) => Decision::Sampled,
        _ => Decision::Debugged,
    };
    Some(Received {
        trace,
        id,
        decision,
    })
}
