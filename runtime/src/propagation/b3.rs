//! The headers `b3` and `x-b3-…`.

use std::sync::LazyLock;

use opentelemetry::Context;
use opentelemetry::propagation::text_map_propagator::FieldIter;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};

use super::hex;
use super::lines::only_line;

const SINGLE: &str = "b3";
const TRACE_ID: &str = "x-b3-traceid";
const SPAN_ID: &str = "x-b3-spanid";
const SAMPLED: &str = "x-b3-sampled";
const FLAGS: &str = "x-b3-flags";

static SINGLE_FIELDS: LazyLock<[String; 1]> = LazyLock::new(|| [SINGLE.to_owned()]);
static MULTI_FIELDS: LazyLock<[String; 4]> =
    LazyLock::new(|| [TRACE_ID, SPAN_ID, SAMPLED, FLAGS].map(str::to_owned));

/// Propagates the span in Zipkin's format [B3](https://github.com/openzipkin/b3-propagation), as
/// service meshes do.
///
/// Both forms are read, the single header first, by [OpenTelemetry's
/// rules](https://opentelemetry.io/docs/specs/otel/context/api-propagators/#b3-requirements). A
/// trace with the debug flag counts as sampled, and the flag is sent on. A trace without a sampling
/// decision counts as not sampled.
///
/// # Example
///
/// ```
/// use std::collections::HashMap;
/// use opentelemetry::propagation::TextMapPropagator;
/// use opentelemetry::trace::TraceContextExt;
/// use traced::propagation::B3;
///
/// let value = "80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-1";
/// let headers = HashMap::from([("b3".to_owned(), value.to_owned())]);
/// assert!(B3::single().extract(&headers).span().span_context().is_sampled());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct B3 {
    is_single: bool,
}

impl B3 {
    /// Creates a propagator that sends the single header `b3`.
    #[must_use]
    pub const fn single() -> B3 {
        B3 { is_single: true }
    }

    /// Creates a propagator that sends `x-b3-traceid`, `x-b3-spanid` and `x-b3-sampled`. For a
    /// trace with the debug flag, it sends `x-b3-flags` in place of the last one.
    #[must_use]
    pub const fn multi() -> B3 {
        B3 { is_single: false }
    }
}

/// A context entry with the id of the trace that has the debug flag.
struct Debugged(TraceId);

pub(super) fn is_debugged(context: &Context, trace: TraceId) -> bool {
    let debugged = context.get::<Debugged>();
    debugged.is_some_and(|debugged| debugged.0 == trace)
}

impl TextMapPropagator for B3 {
    fn inject_context(&self, context: &Context, injector: &mut dyn Injector) {
        let span = context.span();
        let span = span.span_context();
        if !span.is_valid() {
            return;
        }
        let (trace, id) = (span.trace_id(), span.span_id());
        let decision = match span.is_sampled() {
            true if is_debugged(context, trace) => "d",
            true => "1",
            false => "0",
        };
        if self.is_single {
            return injector.set(SINGLE, format!("{trace}-{id}-{decision}"));
        }
        injector.set(TRACE_ID, trace.to_string());
        injector.set(SPAN_ID, id.to_string());
        match decision {
            "d" => injector.set(FLAGS, "1".to_owned()),
            _ => injector.set(SAMPLED, decision.to_owned()),
        }
    }

    fn extract_with_context(&self, context: &Context, extractor: &dyn Extractor) -> Context {
        let received = single(extractor).or_else(|| multi(extractor));
        received.map_or_else(|| context.clone(), |received| received.take_up(context))
    }

    fn fields(&self) -> FieldIter<'_> {
        FieldIter::new(if self.is_single {
            SINGLE_FIELDS.as_slice()
        } else {
            MULTI_FIELDS.as_slice()
        })
    }
}

/// A span that was received in a format with a debug flag.
pub(super) struct Received {
    pub(super) trace: TraceId,
    pub(super) id: SpanId,
    pub(super) decision: Decision,
}

pub(super) enum Decision {
    Not,
    Sampled,
    Debugged,
}

impl Received {
    pub(super) fn take_up(self, context: &Context) -> Context {
        let flags = TraceFlags::default().with_sampled(!matches!(self.decision, Decision::Not));
        let span = SpanContext::new(self.trace, self.id, flags, true, TraceState::NONE);
        if !span.is_valid() {
            return context.clone();
        }
        let context = context.with_remote_span_context(span);
        match self.decision {
            Decision::Debugged => context.with_value(Debugged(self.trace)),
            _ => context,
        }
    }
}

/// Reads `TRACE-SPAN`, `TRACE-SPAN-DECISION` or `TRACE-SPAN-DECISION-PARENT`. Returns `None` if the
/// header is missing, repeated or not valid.
fn single(extractor: &dyn Extractor) -> Option<Received> {
    let mut fields = only_line(extractor, SINGLE)?.splitn(4, '-');
    let trace = trace_id(fields.next()?)?;
    let id = span_id(fields.next()?)?;
    let decision = fields.next().map_or(Some(Decision::Not), decision)?;
    fields.next().map_or(Some(SpanId::INVALID), span_id)?;
    Some(Received {
        trace,
        id,
        decision,
    })
}

fn multi(extractor: &dyn Extractor) -> Option<Received> {
    let trace = trace_id(only_line(extractor, TRACE_ID)?)?;
    let id = span_id(only_line(extractor, SPAN_ID)?)?;
    let is_debugged = only_line(extractor, FLAGS) == Some("1");
    let decision = match extractor.get(SAMPLED) {
        _ if is_debugged => Decision::Debugged,
        None => Decision::Not,
        Some("d") => return None,
        Some(_) => decision(only_line(extractor, SAMPLED)?)?,
    };
    Some(Received {
        trace,
        id,
        decision,
    })
}

fn decision(field: &str) -> Option<Decision> {
    match field {
        "0" | "false" => Some(Decision::Not),
        "1" | "true" => Some(Decision::Sampled),
        "d" => Some(Decision::Debugged),
        _ => None,
    }
}

/// Parses a trace id, which must have 16 or 32 digits.
fn trace_id(digits: &str) -> Option<TraceId> {
    let is_id = matches!(digits.len(), 16 | 32);
    let number = is_id.then(|| hex::number(digits.as_bytes()))?;
    number.map(TraceId::from)
}

fn span_id(digits: &str) -> Option<SpanId> {
    let is_id = digits.len() == 16;
    let number = is_id.then(|| hex::short_number(digits.as_bytes()))?;
    number.map(SpanId::from)
}
