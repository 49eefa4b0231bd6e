//! Any headers are taken up without a panic, and what was taken up goes out and comes in again unchanged.

#![no_main]

use std::collections::HashMap;

use http::{HeaderMap, HeaderName, HeaderValue};
use libfuzzer_sys::fuzz_target;
use opentelemetry::Context;
use opentelemetry::baggage::BaggageExt;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::TraceContextExt;
use traced::propagation::{B3, Jaeger, extract, inject};

/// The headers that are read; a line begins with the letter before one, or it is another header.
const NAMES: [(u8, &str); 9] = [
    (b'p', "traceparent"),
    (b's', "tracestate"),
    (b'b', "baggage"),
    (b'3', "b3"),
    (b't', "x-b3-traceid"),
    (b'i', "x-b3-spanid"),
    (b'm', "x-b3-sampled"),
    (b'f', "x-b3-flags"),
    (b'u', "uber-trace-id"),
];

/// A baggage of so many bytes goes out whole: an octet that is no UTF-8 comes in as three bytes and goes out as nine.
const SMALL: usize = 8192 / 3;

fuzz_target!(|data: &[u8]| {
    let headers = headers(data);
    let taken_up = extract(&headers);
    let mut sent = HeaderMap::new();
    let guard = taken_up.clone().attach();
    inject(&mut sent);
    drop(guard);
    let again = extract(&sent);
    assert_eq!(said_by_span(&taken_up), said_by_span(&again), "{sent:?}");
    let lines = headers.get_all("baggage").iter();
    if lines.map(HeaderValue::len).sum::<usize>() <= SMALL {
        assert_eq!(said(&taken_up), said(&again), "{sent:?}");
    }

    let texts = headers
        .iter()
        .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())));
    let texts: HashMap<_, _> = texts.collect();
    same_again(&B3::single(), &texts);
    same_again(&B3::multi(), &texts);
    same_again(&Jaeger, &texts);
});

fn same_again(format: &dyn TextMapPropagator, headers: &HashMap<String, String>) {
    let taken_up = format.extract_with_context(&Context::new(), headers);
    let mut sent = HashMap::new();
    format.inject_context(&taken_up, &mut sent);
    let again = format.extract_with_context(&Context::new(), &sent);
    assert_eq!(said(&taken_up), said(&again), "{sent:?}");
}

fn headers(data: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in data.split(|byte| *byte == b'\n') {
        let Some((letter, value)) = line.split_first() else {
            continue;
        };
        let name = NAMES.iter().find(|(known, _)| known == letter);
        let name = name.map_or("other", |(_, name)| name);
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.append(HeaderName::from_static(name), value);
        }
    }
    headers
}

/// Everything that a context says, as text.
fn said(context: &Context) -> String {
    let mut baggage: Vec<_> = context.baggage().iter().collect();
    baggage.sort_by_key(|(key, _)| key.as_str());
    format!("{} {baggage:?}", said_by_span(context))
}

fn said_by_span(context: &Context) -> String {
    let span = context.span();
    let span = span.span_context();
    format!(
        "{} {} {:?} {:?}",
        span.trace_id(),
        span.span_id(),
        span.trace_flags(),
        span.trace_state()
    )
}
