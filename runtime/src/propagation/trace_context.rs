//! `traceparent` and `tracestate`.

use std::sync::LazyLock;

use opentelemetry::Context;
use opentelemetry::propagation::text_map_propagator::FieldIter;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};

use super::headers::{OWS, only_line};
use super::{hex, tracestate};

const TRACEPARENT: &str = "traceparent";
const TRACESTATE: &str = "tracestate";

static FIELDS: LazyLock<[String; 2]> =
    LazyLock::new(|| [TRACEPARENT, TRACESTATE].map(str::to_owned));

/// `VV-TTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTT-SSSSSSSSSSSSSSSS-FF`
const LENGTH: usize = 55;
/// A longer `traceparent`, of a future version or padded, is not looked at.
const MAX_LENGTH: usize = 512;

/// The flags that level 2 knows: sampled, and random; all others are to be zero.
const KNOWN_FLAGS: TraceFlags = TraceFlags::new(0x03);

/// Propagates the span by W3C's [Trace Context, level 2](https://www.w3.org/TR/trace-context-2/).
///
/// - [`traceparent`](https://www.w3.org/TR/trace-context-2/#traceparent-header): one line, lower-case, of exact length. A future
///   version may go on after a dash. The flags `sampled` and `random` are kept.
/// - [`tracestate`](https://www.w3.org/TR/trace-context-2/#tracestate-header): its lines are one list of at most 32
///   members; one that is not legal discards the list. Of two members with one key the first holds. A list longer than
///   512 characters is shortened as the specification says: members longer than 128 first, then from the end.
/// - A key with an `@` must have level 1's form `tenant@system` (241 and 14 characters at most), as W3C's conformance
///   tests want. OpenTelemetry's `TraceState` takes no system of 14 characters: such a member is left out.
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
        if let Some(list) = tracestate::to_header(span.trace_state()) {
            injector.set(TRACESTATE, list);
        }
    }

    fn extract_with_context(&self, context: &Context, extractor: &dyn Extractor) -> Context {
        match extract(extractor) {
            Some(span) => context.with_remote_span_context(span),
            None => context.clone(),
        }
    }

    fn fields(&self) -> FieldIter<'_> {
        FieldIter::new(FIELDS.as_slice())
    }
}

fn extract(extractor: &dyn Extractor) -> Option<SpanContext> {
    let (trace, id, flags) = parse(only_line(extractor, TRACEPARENT)?)?;
    let state = extractor.get_all(TRACESTATE);
    let state = state.map_or(TraceState::NONE, |lines| tracestate::from_lines(&lines));
    let span = SpanContext::new(trace, id, flags, true, state);
    span.is_valid().then_some(span)
}

/// Reads a `traceparent`, by [section 3.2](https://www.w3.org/TR/trace-context-2/#traceparent-header).
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
