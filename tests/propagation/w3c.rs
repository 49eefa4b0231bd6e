//! W3C's conformance tests for Trace Context, under the names that they have there.

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry_sdk::trace::Sampler;
use traced::propagation::inject;
use traced::testing::Capture;
use traced::traced;
use traced_tests::w3c::{Lines, Request, cases};

#[traced(kind = server, parent = headers)]
fn serve(headers: &HeaderMap, callbacks: usize) -> Vec<Lines> {
    (0..callbacks).map(|_| call_back()).collect()
}

#[traced(kind = client)]
fn call_back() -> Lines {
    let mut headers = HeaderMap::new();
    inject(&mut headers);
    let lines = headers.iter();
    lines
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect()
}

fn send(request: &Request) -> Vec<Lines> {
    let mut headers = HeaderMap::new();
    for (name, value) in &request.headers {
        headers.append(
            name.parse::<HeaderName>().unwrap(),
            HeaderValue::from_str(value).unwrap(),
        );
    }
    let capture = Capture::with_sampler(Sampler::ParentBased(Box::new(Sampler::AlwaysOn)));
    capture.run(|| serve(&headers, request.callbacks()))
}

fn check(name: &str) {
    let case = cases().into_iter().find(|case| case.name == name);
    case.expect("a case of this name").check(send);
}

macro_rules! tests {
    ($($name:ident)*) => {
        $(#[test] fn $name() { check(stringify!($name)); })*

        #[test]
        fn these_are_all() {
            let names: Vec<_> = cases().iter().map(|case| case.name).collect();
            assert_eq!(names, [$(stringify!($name)),*]);
            assert_eq!(names.len(), 41);
        }
    };
}

tests! {
    both_traceparent_and_tracestate_missing
    traceparent_included_tracestate_missing
    traceparent_duplicated
    traceparent_header_name
    traceparent_header_name_valid_casing
    traceparent_version_0x00
    traceparent_version_0xcc
    traceparent_version_0xff
    traceparent_version_illegal_characters
    traceparent_version_too_long
    traceparent_version_too_short
    traceparent_trace_id_all_zero
    traceparent_trace_id_illegal_characters
    traceparent_trace_id_too_long
    traceparent_trace_id_too_short
    traceparent_parent_id_all_zero
    traceparent_parent_id_illegal_characters
    traceparent_parent_id_too_long
    traceparent_parent_id_too_short
    traceparent_trace_flags_illegal_characters
    traceparent_trace_flags_too_long
    traceparent_trace_flags_too_short
    traceparent_ows_handling
    tracestate_included_traceparent_missing
    tracestate_included_traceparent_included
    tracestate_header_name
    tracestate_header_name_valid_casing
    tracestate_empty_header
    tracestate_multiple_headers_different_keys
    tracestate_duplicated_keys
    tracestate_all_allowed_characters
    tracestate_ows_handling
    tracestate_key_illegal_characters
    tracestate_key_illegal_vendor_format
    tracestate_member_count_limit
    tracestate_key_length_limit
    tracestate_value_illegal_characters
    multiple_requests_with_valid_traceparent
    multiple_requests_without_traceparent
    multiple_requests_with_illegal_traceparent
    propagates_random_flag
}
