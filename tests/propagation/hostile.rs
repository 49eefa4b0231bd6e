//! Tests of every group of hostile input beyond W3C's own cases.

use std::collections::HashMap;

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use traced::propagation::{extract, from_names, inject};

const VALID: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

fn headers<N: AsRef<[u8]>, V: AsRef<[u8]>>(lines: impl IntoIterator<Item = (N, V)>) -> HeaderMap {
    let lines = lines.into_iter().map(|(name, value)| {
        let name = HeaderName::from_bytes(name.as_ref()).unwrap();
        (name, HeaderValue::from_bytes(value.as_ref()).unwrap())
    });
    let mut headers = HeaderMap::new();
    lines.for_each(|(name, value)| {
        headers.append(name, value);
    });
    headers
}

/// Returns these headers as they would be sent on.
fn sent_on(headers: &HeaderMap) -> (String, String) {
    let _guard = extract(headers).attach();
    let mut out = HashMap::new();
    inject(&mut out);
    let mut take = |name: &str| out.remove(name).unwrap_or_default();
    (take("traceparent"), take("tracestate"))
}

fn traceparent(line: impl AsRef<[u8]>) -> String {
    sent_on(&headers([("traceparent", line)])).0
}

fn tracestate(line: &str) -> String {
    sent_on(&headers([("traceparent", VALID), ("tracestate", line)])).1
}

#[test]
fn a_traceparent_is_exact() {
    assert_eq!(traceparent(VALID), VALID);
    let refused = [
        "",
        "-",
        "0-1-1-1",
        "+0-+1-+1-+1",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-B7AD6B7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0A",
        "0A-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01,",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
    ];
    for line in refused {
        assert_eq!(traceparent(line), "", "{line:?}");
    }
}

#[test]
fn a_traceparent_of_other_bytes_is_refused() {
    assert_eq!(
        traceparent(b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0\xff"),
        ""
    );
    assert_eq!(
        traceparent("00-0af7651916cd43dd8448eb211c80319\u{e9}-b7ad6b7169203331-01"),
        ""
    );
    assert_eq!(traceparent(vec![b'-'; 1 << 20]), "");
}

#[test]
fn a_second_line_refuses_both_even_if_it_is_no_text() {
    for second in [VALID.as_bytes(), b"", b"\xff"] {
        let lines = [("traceparent", VALID.as_bytes()), ("traceparent", second)];
        assert_eq!(sent_on(&headers(lines)).0, "", "{second:?}");
    }
}

#[test]
fn a_future_version_is_sent_on_as_this_one() {
    let future = VALID.replacen("00", "01", 1);
    assert_eq!(traceparent(&future), VALID);
    assert_eq!(traceparent(format!("{future}-and-more")), VALID);
    assert_eq!(traceparent(format!("{future}and-more")), "");
    assert_eq!(traceparent(format!("{future}-{}", "x".repeat(1000))), "");
}

#[test]
fn the_known_flags_are_sent_on_and_no_other() {
    assert_eq!(
        traceparent(VALID.replace("-01", "-ff")),
        VALID.replace("-01", "-03")
    );
    assert_eq!(
        traceparent(VALID.replace("-01", "-fc")),
        VALID.replace("-01", "-00")
    );
}

#[test]
fn a_tracestate_that_is_too_long_loses_long_members_then_the_last() {
    let long = format!("long={}", "x".repeat(124));
    let short: Vec<String> = (0..8).map(|n| format!("k{n}={}", "x".repeat(50))).collect();
    assert_eq!(
        tracestate(&format!("a=1,{long},{}", short.join(","))),
        format!("a=1,{}", short.join(","))
    );
    let short: Vec<String> = (0..12)
        .map(|n| format!("k{n:02}={}", "x".repeat(50)))
        .collect();
    assert_eq!(tracestate(&short.join(",")), short[..9].join(","));
    let exact = format!("a={},b={}", "x".repeat(255), "y".repeat(252));
    assert_eq!((exact.len(), tracestate(&exact)), (512, exact.clone()));
    assert_eq!(tracestate(&format!("{exact}y")), exact[..257]);
}

#[test]
fn a_tracestate_with_other_bytes_is_discarded() {
    for line in [
        "a=1,b=\u{e9}",
        "a=1,b=\t2",
        "a=1,\u{e9}=2",
        "a=1,b",
        "a=1,=2",
        "a=1,b=2=3",
    ] {
        assert_eq!(tracestate(line), "", "{line:?}");
    }
    let lines = [
        ("traceparent", VALID.as_bytes()),
        ("tracestate", b"a=1"),
        ("tracestate", b"\xff"),
    ];
    assert_eq!(sent_on(&headers(lines)), (VALID.to_owned(), String::new()));
}

/// OpenTelemetry's `TraceState` holds none of those with an `@`, except for `t@s`.
#[test]
fn a_key_of_level_2_is_sent_on_in_its_place() {
    for line in [
        "foo@@bar=1",
        "foo@bar@baz=1,bar=2",
        "a=1,foo@_=2,t@s=3,t@abcdefghijklmn=4,b=5",
    ] {
        assert_eq!(tracestate(line), line);
    }
    for line in ["@foo=1", "a=1,@=2", "a=1,b@C=2", "a=1,b@.=2"] {
        assert_eq!(tracestate(line), "", "{line}");
    }
}

/// Returns the `tracestate` that is sent after `line` was received and the span's own state was
/// changed to `state`.
fn changed_to<const N: usize>(line: &str, state: [(&str, &str); N]) -> String {
    let taken_up = extract(&headers([("traceparent", VALID), ("tracestate", line)]));
    let span = taken_up.span().span_context().clone();
    let span = SpanContext::new(
        span.trace_id(),
        SpanId::from(1_u64),
        span.trace_flags(),
        false,
        TraceState::from_key_value(state).unwrap(),
    );
    let _guard = taken_up.with_remote_span_context(span).attach();
    let mut out = HashMap::new();
    inject(&mut out);
    out.remove("tracestate").unwrap_or_default()
}

#[test]
fn changes_of_a_state_are_merged_with_the_keys_that_it_cannot_hold() {
    let line = "a=1,x@@=x,b=2,y@@=y,c=3";
    let same = [("a", "1"), ("b", "2"), ("c", "3")];
    assert_eq!(changed_to(line, same), line);
    assert_eq!(
        changed_to(line, [("ot", "th:8"), ("a", "1"), ("b", "2"), ("c", "3")]),
        format!("ot=th:8,{line}")
    );
    assert_eq!(
        changed_to(line, [("b", "9"), ("a", "1"), ("c", "3")]),
        "b=9,a=1,x@@=x,y@@=y,c=3"
    );
    assert_eq!(
        changed_to(line, [("c", "3"), ("a", "1"), ("b", "2")]),
        "c=3,a=1,x@@=x,b=2,y@@=y"
    );
    assert_eq!(changed_to(line, [("c", "3")]), "x@@=x,y@@=y,c=3");
    assert_eq!(changed_to(line, []), "x@@=x,y@@=y");
}

#[test]
fn a_merged_state_keeps_to_the_limits() {
    let full: Vec<String> = (1..32).map(|n| format!("k{n:02}={n}")).collect();
    let line = format!("x@@=1,{}", full.join(","));
    let mut state = vec![("ot".to_owned(), "th:8".to_owned())];
    state.extend(full.iter().map(|member| {
        let (key, value) = member.split_once('=').unwrap();
        (key.to_owned(), value.to_owned())
    }));
    let state: Vec<_> = state.iter().map(|(k, v)| (&**k, &**v)).collect();
    let state: [(&str, &str); 32] = state.try_into().unwrap();
    assert_eq!(
        changed_to(&line, state),
        format!("ot=th:8,x@@=1,{}", full[..30].join(","))
    );
    let long = format!("{}=1", "x@@".repeat(80));
    let line = format!("a={},{long}", "1".repeat(256));
    let ones = "1".repeat(256);
    assert_eq!(
        changed_to(&line, [("ot", "th:8888888888"), ("a", &ones)]),
        format!("ot=th:8888888888,a={ones}")
    );
}

#[test]
fn what_a_state_cannot_hold_goes_with_its_own_request_alone() {
    let first = headers([("traceparent", VALID), ("tracestate", "x@@=1")]);
    let _first = extract(&first).attach();
    let other = VALID.replacen("-0af", "-1af", 1);
    let alone = |traceparent: &str| sent_on(&headers([("traceparent", traceparent)])).1;
    assert_eq!(alone(&other), "", "another trace");
    assert_eq!(alone(VALID), "", "the same trace without it");
    assert_eq!(tracestate("y@@=2"), "y@@=2");
}

#[test]
fn leading_spaces_belong_to_a_value() {
    assert_eq!(tracestate("a=  1  ,b=2"), "a=  1,b=2");
}

#[test]
fn a_thousand_empty_members_are_none() {
    assert_eq!(
        tracestate(&format!("a=1{},b=2", ", ".repeat(1000))),
        "a=1,b=2"
    );
    assert_eq!(tracestate(&format!("a=1{},b=2", ", ".repeat(100_000))), "");
}

#[test]
fn many_lines_are_not_read() {
    let lines = (0..10_000).map(|n| ("tracestate", format!("k{n}=1")));
    let lines = [("traceparent", VALID.to_owned())].into_iter().chain(lines);
    assert_eq!(sent_on(&headers(lines)), (VALID.to_owned(), String::new()));
}

#[test]
fn what_the_application_put_in_a_tracestate_is_checked_before_it_is_sent() {
    let state =
        TraceState::from_key_value([("good", "1"), ("bad", "x\r\nset-cookie: y"), ("worse", "")])
            .unwrap();
    let flags = TraceFlags::SAMPLED;
    let span = SpanContext::new(
        TraceId::from(1_u128),
        SpanId::from(1_u64),
        flags,
        false,
        state,
    );
    let _guard = Context::new().with_remote_span_context(span).attach();
    let mut out = HashMap::new();
    inject(&mut out);
    assert_eq!(out["tracestate"], "good=1");
}

#[test]
fn headers_of_an_older_context_are_replaced() {
    let mut out = headers([
        ("traceparent", "old"),
        ("Tracestate", "old=1"),
        ("baggage", "old=1"),
        ("other", "x"),
    ]);
    inject(&mut out);
    assert_eq!(out.len(), 4, "outside of a span what came in goes through");
    let _guard = extract(&headers([("traceparent", VALID)])).attach();
    inject(&mut out);
    let expected = headers([("traceparent", VALID), ("other", "x")]);
    assert_eq!(out, expected);
}

#[test]
fn the_names_of_propagators() {
    let fields = |names: &str| {
        use opentelemetry::propagation::TextMapPropagator;
        let propagator = from_names(names).unwrap();
        let mut fields: Vec<_> = propagator.fields().map(str::to_owned).collect();
        fields.sort();
        fields.join(" ")
    };
    assert_eq!(fields(""), "baggage traceparent tracestate");
    assert_eq!(
        fields(" tracecontext , baggage,tracecontext"),
        "baggage traceparent tracestate"
    );
    assert_eq!(
        fields("b3,b3multi"),
        "b3 x-b3-flags x-b3-sampled x-b3-spanid x-b3-traceid"
    );
    assert_eq!(fields("jaeger"), "uber-trace-id");
    assert_eq!(fields("none"), "");
    assert!(
        from_names("tracecontext,B3")
            .unwrap_err()
            .to_string()
            .starts_with("unknown propagator `B3`")
    );
}
