//! The headers `traceparent` and `tracestate`.

use std::sync::LazyLock;

use opentelemetry::Context;
use opentelemetry::propagation::text_map_propagator::FieldIter;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId};

use super::lines::{OWS, only_line};
use super::{hex, tracestate};

const TRACEPARENT: &str = "traceparent";
const TRACESTATE: &str = "tracestate";

static FIELDS: LazyLock<[String; 2]> =
    LazyLock::new(|| [TRACEPARENT, TRACESTATE].map(str::to_owned));

/// The length of `VV-TTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTT-SSSSSSSSSSSSSSSS-FF`.
const LENGTH: usize = 55;
/// The maximum length of a `traceparent` that is read. A future version may be longer than ours.
const MAX_LENGTH: usize = 512;

/// The flags that level 2 defines: sampled and random. All others must be sent as zero.
const KNOWN_FLAGS: TraceFlags = TraceFlags::new(0x03);

/// Propagates the span in W3C's format [Trace Context, level
/// 2](https://www.w3.org/TR/trace-context-2/).
///
/// - [`traceparent`](https://www.w3.org/TR/trace-context-2/#traceparent-header) must be one line,
///   in lower case, of the exact length. A future version may continue after a dash. The flags
///   `sampled` and `random` are kept.
/// - [`tracestate`](https://www.w3.org/TR/trace-context-2/#tracestate-header) may have several
///   lines, which form one list of at most 32 members. One member that is not legal discards the
///   whole list. If two members have the same key, the first one wins. A list longer than 512
///   characters is shortened as the specification says: first the members longer than 128
///   characters go, then those at the end.
/// - OpenTelemetry's [`TraceState`](opentelemetry::trace::TraceState) refuses some legal keys with
///   an `@`, such as `a@b@c`. Their members are not part of the [`SpanContext`], and so not of the
///   trace state of exported spans. They travel separately in the [`Context`], and are sent on as
///   long as the trace is the same.
///
/// # Example
///
/// ```
/// use std::collections::HashMap;
/// use opentelemetry::propagation::TextMapPropagator;
/// use opentelemetry::trace::TraceContextExt;
/// use traced::propagation::TraceContext;
///
/// let header = |value: &str| HashMap::from([("traceparent".to_owned(), value.to_owned())]);
/// let is_valid = |value| TraceContext.extract(&header(value)).has_active_span();
/// assert!(is_valid("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03"));
/// assert!(!is_valid("0-1-1-1"));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct TraceContext;

impl TextMapPropagator for TraceContext {
    fn inject_context(&self, context: &Context, injector: &mut dyn Injector) {
        let span = context.span();
        let span = span.span_context();
        if !span.is_valid() {
            return;
        }
        let (trace, id) = (span.trace_id(), span.span_id());
        let flags = span.trace_flags() & KNOWN_FLAGS;
        injector.set(TRACEPARENT, format!("00-{trace}-{id}-{flags:02x}"));
        let received = context.get::<AsReceived>();
        let received = received.filter(|received| received.trace == trace);
        let received = received.map(|received| received.tracestate.as_str());
        if let Some(list) = tracestate::to_header(span.trace_state(), received) {
            injector.set(TRACESTATE, list);
        }
    }

    fn extract_with_context(&self, context: &Context, extractor: &dyn Extractor) -> Context {
        let Some((span, tracestate)) = extract(extractor) else {
            return context.clone();
        };
        let trace = span.trace_id();
        let context = context.with_remote_span_context(span);
        match tracestate {
            // An older entry is replaced even if there is nothing to store. Otherwise the list of
            // an earlier request of the same trace would be sent with this one.
            None if context.get::<AsReceived>().is_none() => context,
            tracestate => context.with_value(AsReceived {
                trace,
                tracestate: tracestate.unwrap_or_default(),
            }),
        }
    }

    fn fields(&self) -> FieldIter<'_> {
        FieldIter::new(FIELDS.as_slice())
    }
}

/// A context entry with the `tracestate` as it was received, if a `TraceState` cannot hold all of
/// it.
struct AsReceived {
    trace: TraceId,
    tracestate: String,
}

/// Returns the span, and its `tracestate` if the span cannot hold all of it. Returns `None` if
/// there is no valid span.
fn extract(extractor: &dyn Extractor) -> Option<(SpanContext, Option<String>)> {
    let (trace, id, flags) = parse(only_line(extractor, TRACEPARENT)?)?;
    let state = extractor.get_all(TRACESTATE);
    let (state, whole) =
        state.map_or_else(Default::default, |lines| tracestate::from_lines(&lines));
    let span = SpanContext::new(trace, id, flags, true, state);
    span.is_valid().then_some((span, whole))
}

/// Reads a `traceparent`, by [section
/// 3.2](https://www.w3.org/TR/trace-context-2/#traceparent-header). Returns `None` if it is not
/// valid, except that ids of zeros are left to the caller.
fn parse(line: &str) -> Option<(TraceId, SpanId, TraceFlags)> {
    if line.len() > MAX_LENGTH {
        return None;
    }
    let line = line.trim_matches(OWS).as_bytes();
    let (fields, rest) = line.split_at_checked(LENGTH)?;
    if [fields[2], fields[35], fields[52]] != *b"---" {
        return None;
    }
    let version = hex::number(&fields[..2])?;
    let may_go_on = version > 0 && rest.first() == Some(&b'-');
    if version == 0xff || !(rest.is_empty() || may_go_on) {
        return None;
    }
    let trace = TraceId::from(hex::number(&fields[3..35])?);
    let id = SpanId::from(hex::short_number(&fields[36..52])?);
    let flags = u8::try_from(hex::number(&fields[53..])?).ok()?;
    Some((trace, id, TraceFlags::new(flags) & KNOWN_FLAGS))
}
