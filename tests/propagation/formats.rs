//! Tests of B3, as service meshes send it, and of Jaeger's format.

use std::collections::{BTreeMap, HashMap};

use opentelemetry::Context;
use opentelemetry::propagation::{Injector, TextMapPropagator};
use opentelemetry::trace::TraceContextExt;
use traced::propagation::{B3, Jaeger, TraceContext, from_names};

const TRACE: &str = "80f198ee56343ba864fe8b2a57d3eff7";
const SPAN: &str = "e457b5a2e4d86bd1";

#[derive(Default)]
struct Lines(BTreeMap<String, String>);

impl Injector for Lines {
    fn set(&mut self, name: &str, value: String) {
        self.0.insert(name.to_owned(), value);
    }
}

/// Returns the headers that `to` makes of these.
fn sent_on<const N: usize>(
    from: &dyn TextMapPropagator,
    to: &dyn TextMapPropagator,
    lines: [(&str, &str); N],
) -> String {
    let headers: HashMap<String, String> = lines
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    let context = from.extract_with_context(&Context::new(), &headers);
    let mut sent = Lines::default();
    to.inject_context(&context, &mut sent);
    let lines: Vec<String> = sent
        .0
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    lines
        .join("\n")
        .replace(TRACE, "TRACE")
        .replace(SPAN, "SPAN")
}

fn b3(value: &str) -> String {
    sent_on(&B3::single(), &B3::single(), [("b3", value)])
}

#[test]
fn the_single_header() {
    assert_eq!(b3(&format!("{TRACE}-{SPAN}-1")), "b3: TRACE-SPAN-1");
    assert_eq!(
        b3(&format!("{TRACE}-{SPAN}-0-05e3ac9a4f6e3b90")),
        "b3: TRACE-SPAN-0"
    );
    assert_eq!(b3(&format!("{TRACE}-{SPAN}-d")), "b3: TRACE-SPAN-d");
    assert_eq!(b3(&format!("{TRACE}-{SPAN}")), "b3: TRACE-SPAN-0");
    assert_eq!(
        b3(&format!("64fe8b2a57d3eff7-{SPAN}-1")),
        "b3: 000000000000000064fe8b2a57d3eff7-SPAN-1"
    );
}

#[test]
fn a_malformed_single_header_is_none() {
    let zero = format!("{}-{SPAN}-1", "0".repeat(32));
    let long = "-".repeat(1 << 20);
    for value in ["", "0", "1-1-1", "d", &zero, &long] {
        assert_eq!(b3(value), "", "{value:?}");
    }
    for end in ["-2", "-1-", "-1-05e3ac9a4f6e3b90-", "-1-x"] {
        assert_eq!(b3(&format!("{TRACE}-{SPAN}{end}")), "", "{end:?}");
    }
}

/// Returns the headers of a trace that was received while one with the debug flag was current.
fn sent_below_debugged(
    format: &dyn TextMapPropagator,
    lines: &[(&str, &str)],
) -> HashMap<String, String> {
    let to_map = |lines: &[(&str, &str)]| -> HashMap<String, String> {
        let lines = lines.iter();
        lines
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    };
    let debugged = to_map(&[("b3", &format!("{TRACE}-{SPAN}-d"))]);
    let debugged = B3::single().extract_with_context(&Context::new(), &debugged);
    let other = format.extract_with_context(&debugged, &to_map(lines));
    let mut sent = HashMap::new();
    B3::single().inject_context(&other, &mut sent);
    Jaeger.inject_context(&other, &mut sent);
    sent
}

#[test]
fn debugging_is_of_one_trace() {
    let trace = "64fe8b2a57d3eff764fe8b2a57d3eff7";
    let b3 = format!("{trace}-{SPAN}-1");
    let traceparent = format!("00-{trace}-{SPAN}-01");
    for sent in [
        sent_below_debugged(&B3::single(), &[("b3", &b3)]),
        sent_below_debugged(&TraceContext, &[("traceparent", &traceparent)]),
    ] {
        assert_eq!(sent["b3"], b3);
        assert_eq!(sent["uber-trace-id"], format!("{trace}:{SPAN}:0:1"));
    }
    let sent = sent_below_debugged(&TraceContext, &[]);
    assert_eq!(sent["b3"], format!("{TRACE}-{SPAN}-d"));
}

#[test]
fn several_headers() {
    let sent = |sampled: &[(&str, &str)]| {
        let mut lines = [
            ("x-b3-traceid", TRACE),
            ("x-b3-spanid", SPAN),
            ("other", ""),
            ("other", ""),
        ];
        lines[2..2 + sampled.len()].copy_from_slice(sampled);
        sent_on(&B3::multi(), &B3::multi(), lines)
    };
    let ids = "x-b3-spanid: SPAN\nx-b3-traceid: TRACE";
    assert_eq!(
        sent(&[("x-b3-sampled", "1")]),
        format!("x-b3-sampled: 1\n{ids}")
    );
    assert_eq!(
        sent(&[("x-b3-sampled", "false")]),
        format!("x-b3-sampled: 0\n{ids}")
    );
    assert_eq!(
        sent(&[("x-b3-flags", "1")]),
        format!("x-b3-flags: 1\n{ids}")
    );
    assert_eq!(sent(&[]), format!("x-b3-sampled: 0\n{ids}"));
    assert_eq!(sent(&[("x-b3-sampled", "x")]), "");
}

#[test]
fn either_form_of_b3_is_taken_up() {
    let multi = [
        ("x-b3-traceid", TRACE),
        ("x-b3-spanid", SPAN),
        ("x-b3-sampled", "1"),
    ];
    assert_eq!(
        sent_on(&B3::single(), &B3::single(), multi),
        "b3: TRACE-SPAN-1"
    );
    let single = format!("{TRACE}-{SPAN}-1");
    assert_eq!(
        sent_on(&B3::multi(), &TraceContext, [("b3", single.as_str())]),
        "traceparent: 00-TRACE-SPAN-01"
    );
}

#[test]
fn of_several_formats_the_last_that_is_well_formed_holds() {
    let taken_up = |names: &str, b3: &str| {
        let other = "64fe8b2a57d3eff764fe8b2a57d3eff7";
        let traceparent = format!("00-{other}-{SPAN}-03");
        let lines = [
            ("b3", b3),
            ("traceparent", traceparent.as_str()),
            ("tracestate", "a=1"),
        ];
        let sent = sent_on(&from_names(names).unwrap(), &TraceContext, lines);
        sent.replace(other, "OTHER").replace('\n', " ")
    };
    let b3 = format!("{TRACE}-{SPAN}-1");
    let of_b3 = "traceparent: 00-TRACE-SPAN-01";
    let of_w3c = "traceparent: 00-OTHER-SPAN-03 tracestate: a=1";
    assert_eq!(taken_up("tracecontext,b3", &b3), of_b3);
    assert_eq!(taken_up("tracecontext,b3multi", &b3), of_b3);
    assert_eq!(taken_up("b3,tracecontext", &b3), of_w3c);
    assert_eq!(taken_up("tracecontext,b3,jaeger", "x"), of_w3c);
    assert_eq!(taken_up("none", &b3), "");
    assert_eq!(taken_up("none,b3", &b3), of_b3);
}

fn jaeger(value: &str) -> String {
    sent_on(&Jaeger, &Jaeger, [("uber-trace-id", value)])
}

#[test]
fn jaegers_header() {
    assert_eq!(
        jaeger(&format!("{TRACE}:{SPAN}:0:1")),
        "uber-trace-id: TRACE:SPAN:0:1"
    );
    assert_eq!(
        jaeger(&format!("{TRACE}%3A{SPAN}%3a0%3A3")),
        "uber-trace-id: TRACE:SPAN:0:3"
    );
    assert_eq!(
        jaeger(&format!("{TRACE}:{SPAN}:{SPAN}:0")),
        "uber-trace-id: TRACE:SPAN:0:0"
    );
    assert_eq!(
        jaeger("7:8:0:01"),
        format!("uber-trace-id: {:032x}:{:016x}:0:1", 7, 8)
    );
}

#[test]
fn a_malformed_header_of_jaegers_is_none() {
    let long = format!("0{TRACE}:{SPAN}:0:1");
    for value in [
        "",
        ":::",
        "1:1:1",
        "0:1:0:1",
        "1:0:0:1",
        "1:1:0:x",
        "1:1:0:001",
        "1:1:0:1:1",
        "+1:1:0:1",
        &long,
    ] {
        assert_eq!(jaeger(value), "", "{value:?}");
    }
    assert_eq!(jaeger(&":".repeat(1 << 20)), "");
    let span = sent_on(&TraceContext, &Jaeger, []);
    assert!(span.is_empty() && !Context::new().has_active_span());
}
