//! Tests that whatever is sent arrives byte for byte, or not at all.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;

use opentelemetry::baggage::{Baggage, BaggageExt};
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use opentelemetry::{Context, Key};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::string::string_regex;
use traced::Carrier;
use traced::propagation::{CarrierMut, extract, from_names, inject};

type Headers = HashMap<String, String>;

/// Returns the context that arrives in another process when this one is sent.
fn sent_and_taken_up(context: Context) -> Context {
    let mut headers = Headers::new();
    let guard = context.attach();
    inject(&mut headers);
    drop(guard);
    extract(&headers)
}

fn span(state: TraceState, flags: u8) -> SpanContext {
    let (trace, id) = (TraceId::from(7_u128), SpanId::from(8_u64));
    SpanContext::new(trace, id, TraceFlags::new(flags), false, state)
}

/// Returns the `tracestate` that arrives when this one is sent.
fn state(state: &TraceState) -> TraceState {
    let context = Context::new().with_remote_span_context(span(state.clone(), 0));
    let taken_up = sent_and_taken_up(context);
    let span = taken_up.span();
    span.span_context().trace_state().clone()
}

fn members(state: &TraceState) -> Vec<(&str, &str)> {
    state.into_iter().collect()
}

/// Generates text of any kind, with a preference for text that is hard to handle.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        ".*",
        "[ -~]{0,40}",
        "[%,;=\\\\\"\t\r\n a0]{0,12}",
        "(%[0-9a-fA-F]{0,2}){0,8}"
    ]
}

fn state_key() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z][a-z0-9_*/-]{0,20}",
        "[a-z0-9]{1,9}@[a-z][a-z0-9]{0,13}"
    ]
}

/// Generates a header that is read, with any text or with one that is nearly well-formed.
fn header() -> impl Strategy<Value = (String, String)> {
    let formed = select(
        &[
            (
                "traceparent",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03",
            ),
            ("tracestate", "a=1,tenant@system=2"),
            ("baggage", "a=1%20;p=v , b = %E2%82%AC"),
            (
                "b3",
                "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-d-b7ad6b7169203331",
            ),
            ("x-b3-traceid", "0af7651916cd43dd8448eb211c80319c"),
            ("x-b3-spanid", "b7ad6b7169203331"),
            ("x-b3-sampled", "1"),
            ("x-b3-flags", "1"),
            (
                "uber-trace-id",
                "0af7651916cd43dd8448eb211c80319c%3Ab7ad6b7169203331:0:3",
            ),
        ][..],
    );
    (formed, any::<Option<(char, u8)>>(), text(), any::<bool>()).prop_map(
        |((name, value), change, text, is_any)| {
            let mut value = if is_any { text } else { value.to_owned() };
            if let Some((character, at)) = change {
                let (at, _) = value
                    .char_indices()
                    .nth(usize::from(at))
                    .unwrap_or((value.len(), ' '));
                value.insert(at, character);
            }
            (name.to_owned(), value)
        },
    )
}

/// Generates any list that W3C's grammar allows and that it wants passed on: at most 64 members and
/// 8,192 bytes. Keys may be repeated.
fn legal_baggage() -> impl Strategy<Value = String> {
    let octets = "([!#-$&-+.-:<-\\[\\]-~-]|%[0-9a-fA-F]{2}|%){0,20}";
    let value = (octets, select(&[1, 1, 1, 130][..])).prop_map(|(text, count)| text.repeat(count));
    let key = "[!#-'*+.0-9A-Z^_`a-z|~-]{1,9}";
    let property = "( ?; ?\t?[a-z]{1,3}( = ?[!#-+.-:<-\\[\\]-~]{0,9})?)";
    let properties = vec(string_regex(property).expect("a pattern"), 0..3);
    let member = (
        select(&["a", "b", ""][..]),
        key,
        select(&["=", " = "][..]),
        value,
        properties,
    );
    let member = member.prop_map(|(known, key, equals, value, properties)| {
        let key = if known.is_empty() { &key } else { known };
        format!("{key}{equals}{value}{}", properties.concat())
    });
    (vec(member, 1..=64), select(&[",", ", ", " ,\t"][..])).prop_map(|(members, comma)| {
        let mut list = members.join(comma);
        while list.len() > 8192 {
            list.truncate(list.rfind(comma).unwrap_or(0));
        }
        list.trim_matches([' ', '\t']).to_owned()
    })
}

/// Returns headers with this `baggage`, and the headers that are sent when they were received.
fn came_and_sent<C: Carrier + CarrierMut + Default + Debug>(line: &str) -> [String; 2] {
    let (mut came, mut sent) = (C::default(), C::default());
    came.set("baggage", line.to_owned());
    let context = extract(&came);
    assert!(!context.baggage().is_empty(), "nothing came of {line}");
    let _guard = context.attach();
    inject(&mut sent);
    [came, sent].map(|headers| format!("{headers:?}"))
}

proptest! {
    #[test]
    fn any_text_is_taken_up_without_a_panic(headers in vec(header(), 1..9)) {
        use opentelemetry::propagation::TextMapPropagator;
        let headers: Headers = headers.into_iter().collect();
        for name in ["tracecontext", "baggage", "b3", "b3multi", "jaeger"] {
            let propagator = from_names(name).unwrap();
            let taken_up = propagator.extract(&headers);
            let mut sent = Headers::new();
            propagator.inject_context(&taken_up, &mut sent);
            prop_assert!(sent.values().all(|value| value.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\t'))), "{:?}", sent);
        }
    }

    #[test]
    fn a_span(trace in 1_u128.., id in 1_u64.., flags: u8) {
        let (trace, id) = (TraceId::from(trace), SpanId::from(id));
        let sent = SpanContext::new(trace, id, TraceFlags::new(flags), false, TraceState::NONE);
        let taken_up = sent_and_taken_up(Context::new().with_remote_span_context(sent));
        let expected = SpanContext::new(trace, id, TraceFlags::new(flags & 3), true, TraceState::NONE);
        let taken_up = taken_up.span().span_context().clone();
        prop_assert_eq!(taken_up, expected);
    }

    #[test]
    fn a_tracestate_within_the_limits(list in vec((state_key(), "[ -+.-<>-~]{0,9}[!-+.-<>-~]"), 0..15)) {
        let mut sent = TraceState::NONE;
        for (key, value) in list {
            sent = sent.insert(key, value).unwrap_or(sent);
        }
        prop_assume!(sent.header().len() <= 512);
        prop_assert_eq!(state(&sent), sent);
    }

    #[test]
    fn any_tracestate_that_opentelemetry_takes(list in vec((state_key(), text()), 0..40)) {
        let mut sent = TraceState::NONE;
        for (key, value) in list {
            sent = sent.insert(key, value).unwrap_or(sent);
        }
        let taken_up = state(&sent);
        prop_assert!(taken_up.header().len() <= 512);
        let mut left = members(&sent).into_iter();
        prop_assert!(members(&taken_up).iter().all(|member| left.any(|sent| sent == *member)));
        prop_assert_eq!(state(&taken_up), taken_up);
    }

    #[test]
    fn baggage(list in vec((text(), text(), text()), 0..20)) {
        let list = list.into_iter().map(|(key, value, metadata)| (Key::from(key), (value.into(), metadata.into())));
        let sent: Baggage = list.collect();
        let taken_up = sent_and_taken_up(Context::new().with_baggage(sent.iter().map(|(key, (value, metadata))| {
            opentelemetry::baggage::KeyValueMetadata::new(key.clone(), value.clone(), metadata.clone())
        })));
        prop_assert_eq!(taken_up.baggage().len(), sent.len());
        for (key, (value, metadata)) in taken_up.baggage() {
            let (sent, sent_metadata) = sent.get_with_metadata(key.as_str()).expect("a key that was sent");
            prop_assert_eq!(value, sent);
            prop_assert!(metadata == sent_metadata || metadata.as_str().is_empty());
        }
    }

    #[test]
    fn baggage_that_came_in_goes_out_as_it_came(line in legal_baggage()) {
        for [came, sent] in [
            came_and_sent::<Headers>(&line),
            came_and_sent::<BTreeMap<String, String>>(&line),
            came_and_sent::<http::HeaderMap>(&line),
            came_and_sent::<tonic::metadata::MetadataMap>(&line),
            came_and_sent::<async_nats::HeaderMap>(&line),
            came_and_sent::<lapin::BasicProperties>(&line),
        ] {
            prop_assert_eq!(sent, came);
        }
    }

    #[test]
    fn every_format(trace in 1_u128.., id in 1_u64.., is_sampled: bool) {
        use opentelemetry::propagation::TextMapPropagator;
        let (trace, id) = (TraceId::from(trace), SpanId::from(id));
        let flags = TraceFlags::default().with_sampled(is_sampled);
        let sent = SpanContext::new(trace, id, flags, true, TraceState::NONE);
        for name in ["tracecontext", "b3", "b3multi", "jaeger"] {
            let propagator = from_names(name).unwrap();
            let mut headers = Headers::new();
            let context = Context::new().with_remote_span_context(sent.clone());
            propagator.inject_context(&context, &mut headers);
            let taken_up = propagator.extract_with_context(&Context::new(), &headers);
            let taken_up = taken_up.span().span_context().clone();
            prop_assert_eq!(&taken_up, &sent, "{}", name);
        }
    }
}
