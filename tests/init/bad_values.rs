//! Tests that an invalid value is one error, which names the variable, the value and what is
//! accepted, and that nothing is set up.

use insta::assert_snapshot;

use crate::{application, errors, run};

/// Returns the output of the program with these variables, one of which is wrong.
fn said(variables: &[(&str, &str)]) -> String {
    let output = run(application("plain").envs(variables.iter().copied()));
    assert_eq!(output.status.code(), Some(1), "{variables:?}");
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(said, "recorded: false, fields: 0\n", "{variables:?}");
    errors(&output)
}

#[test]
fn of_a_variable() {
    let said: String = [
        ("OTEL_TRACES_EXPORTER", "jaeger"),
        ("OTEL_TRACES_EXPORTER", "none,jaeger"),
        ("OTEL_TRACES_EXPORTER", ","),
        ("OTEL_TRACES_SAMPLER", "sometimes"),
        ("OTEL_RESOURCE_ATTRIBUTES", "a=1,b"),
        ("OTEL_RESOURCE_ATTRIBUTES", "a=%ff"),
        ("OTEL_RESOURCE_ATTRIBUTES", "%ff=a"),
        ("OTEL_SPAN_EVENT_COUNT_LIMIT", "-1"),
        ("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "many"),
        ("TRACED_FILTER", "a=loud"),
    ]
    .iter()
    .map(|variable| said(&[*variable]))
    .collect();
    assert_snapshot!(said, @r#"
    OTEL_TRACES_EXPORTER is "jaeger": write `otlp`, `console` or `none`, or a list of these, or unset it
    OTEL_TRACES_EXPORTER is "none,jaeger": write `otlp`, `console` or `none`, or a list of these, or unset it
    OTEL_TRACES_EXPORTER is ",": write `otlp`, `console` or `none`, or a list of these, or unset it
    OTEL_TRACES_SAMPLER is "sometimes": write `always_on`, `always_off`, `traceidratio`, `parentbased_always_on`, `parentbased_always_off`, `parentbased_traceidratio` or `traced_adaptive`, or unset it
    OTEL_RESOURCE_ATTRIBUTES is not valid after the pair for `a`: write `key=value` pairs with percent-encoded values, separated by commas, or unset it
    OTEL_RESOURCE_ATTRIBUTES has no valid value for `a`: write `key=value` pairs with percent-encoded values, separated by commas, or unset it
    OTEL_RESOURCE_ATTRIBUTES does not begin with a valid pair: write `key=value` pairs with percent-encoded values, separated by commas, or unset it
    OTEL_SPAN_EVENT_COUNT_LIMIT is "-1": write a whole number, or unset it
    OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT is "many": write a whole number of characters, or unset it
    TRACED_FILTER is "a=loud": write directives like `info`, `my_app::db=off` or `*::health=off`, separated by commas, or unset it
    "#);
}

/// This is the program `fn main() -> Result<(), traced::InitError>`.
#[test]
fn reads_the_same_where_main_returns_it() {
    let output = run(application("debug").env("OTEL_TRACES_EXPORTER", "jaeger"));
    assert_snapshot!(errors(&output), @r#"
    Error: OTEL_TRACES_EXPORTER is "jaeger": write `otlp`, `console` or `none`, or a list of these, or unset it
    OTEL_TRACES_EXPORTER is "jaeger": write `otlp`, `console` or `none`, or a list of these, or unset it
    "#);
}

#[test]
fn of_the_samplers_argument() {
    let said: String = ["1.5", "-0.1", "NaN", "half"]
        .iter()
        .map(|ratio| {
            let sampler = ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio");
            said(&[sampler, ("OTEL_TRACES_SAMPLER_ARG", ratio)])
        })
        .collect();
    assert_snapshot!(said, @r#"
    OTEL_TRACES_SAMPLER_ARG is "1.5": write a number from 0 to 1, or unset it
    OTEL_TRACES_SAMPLER_ARG is "-0.1": write a number from 0 to 1, or unset it
    OTEL_TRACES_SAMPLER_ARG is "NaN": write a number from 0 to 1, or unset it
    OTEL_TRACES_SAMPLER_ARG is "half": write a number from 0 to 1, or unset it
    "#);
}

#[test]
fn of_adaptive_samplings_argument() {
    let said: String = [
        "base=2",
        "rate=0.1",
        "slow_threshold=500",
        "traces_per_second=0",
    ]
    .iter()
    .map(|argument| {
        let sampler = ("OTEL_TRACES_SAMPLER", "traced_adaptive");
        said(&[sampler, ("OTEL_TRACES_SAMPLER_ARG", argument)])
    })
    .collect();
    assert_snapshot!(said, @r#"
    OTEL_TRACES_SAMPLER_ARG is "base=2": write `base=`, `error=`, `slow=` with a number from 0 to 1, `slow_threshold=` with a time such as `500ms` or `2s` or a quantile such as `p99`, `traces_per_second=` with a number, separated by commas, or unset it
    OTEL_TRACES_SAMPLER_ARG is "rate=0.1": write `base=`, `error=`, `slow=` with a number from 0 to 1, `slow_threshold=` with a time such as `500ms` or `2s` or a quantile such as `p99`, `traces_per_second=` with a number, separated by commas, or unset it
    OTEL_TRACES_SAMPLER_ARG is "slow_threshold=500": write `base=`, `error=`, `slow=` with a number from 0 to 1, `slow_threshold=` with a time such as `500ms` or `2s` or a quantile such as `p99`, `traces_per_second=` with a number, separated by commas, or unset it
    OTEL_TRACES_SAMPLER_ARG is "traces_per_second=0": write `base=`, `error=`, `slow=` with a number from 0 to 1, `slow_threshold=` with a time such as `500ms` or `2s` or a quantile such as `p99`, `traces_per_second=` with a number, separated by commas, or unset it
    "#);
}

#[test]
fn of_the_exporter() {
    let said: String = [
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "thrift"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "not a url"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4318"),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "ftp://localhost"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "api-key"),
        ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "api key=secret"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "a=1,b=secret%0A"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "zip"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "10s"),
        ("OTEL_BSP_SCHEDULE_DELAY", "0"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "0"),
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "x"),
    ]
    .iter()
    .map(|variable| said(&[("OTEL_TRACES_EXPORTER", "otlp"), *variable]))
    .collect();
    assert_snapshot!(said, @r#"
    OTEL_EXPORTER_OTLP_PROTOCOL is "thrift": write `http/protobuf` or `grpc`, or unset it
    OTEL_EXPORTER_OTLP_ENDPOINT is not valid: write an `http://` or `https://` URL, or unset it
    OTEL_EXPORTER_OTLP_ENDPOINT is not valid: write an `http://` or `https://` URL, or unset it
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is not valid: write an `http://` or `https://` URL, or unset it
    OTEL_EXPORTER_OTLP_HEADERS does not begin with a valid pair: write `key=value` pairs with percent-encoded values, separated by commas, or unset it
    OTEL_EXPORTER_OTLP_TRACES_HEADERS does not begin with a valid pair: write `key=value` pairs with percent-encoded values, separated by commas, or unset it
    OTEL_EXPORTER_OTLP_HEADERS is not valid after the pair for `a`: write `key=value` pairs with percent-encoded values, separated by commas, or unset it
    OTEL_EXPORTER_OTLP_COMPRESSION is "zip": write `gzip` or `none`, or unset it
    OTEL_EXPORTER_OTLP_TIMEOUT is "10s": write a whole number of milliseconds, 1 or more, or unset it
    OTEL_BSP_SCHEDULE_DELAY is "0": write a whole number of milliseconds, 1 or more, or unset it
    OTEL_BSP_MAX_QUEUE_SIZE is "0": write a whole number, 1 or more, or unset it
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE is "x": write a whole number, 1 or more, or unset it
    "#);
}

#[test]
fn of_the_endpoint() {
    let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:99999");
    let said: String = [
        &[endpoint][..],
        &[(
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
            "https://[::1]:65536/x",
        )],
        &[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://user@localhost:0")],
        &[endpoint, ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")],
        &[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1?key=x"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ],
    ]
    .iter()
    .map(|variables| said(variables))
    .collect();
    assert_snapshot!(said, @"
    OTEL_EXPORTER_OTLP_ENDPOINT is not valid: write a URL whose port is from 1 to 65535, or unset it
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is not valid: write a URL whose port is from 1 to 65535, or unset it
    OTEL_EXPORTER_OTLP_ENDPOINT is not valid: write a URL whose port is from 1 to 65535, or unset it
    OTEL_EXPORTER_OTLP_ENDPOINT is not valid: write a URL whose port is from 1 to 65535, or unset it
    OTEL_EXPORTER_OTLP_ENDPOINT is not valid: write a URL without a query, which gRPC does not support, or unset it
    ");
}

#[test]
fn of_the_logs() {
    let said: String = [
        ("OTEL_LOGS_EXPORTER", "loki"),
        ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "ftp://localhost"),
        ("OTEL_EXPORTER_OTLP_LOGS_HEADERS", "api-key"),
        ("OTEL_BLRP_SCHEDULE_DELAY", "-1"),
        ("OTEL_BLRP_MAX_QUEUE_SIZE", "none"),
        ("OTEL_BLRP_EXPORT_TIMEOUT", "1s"),
    ]
    .iter()
    .map(|variable| said(&[("OTEL_LOGS_EXPORTER", "otlp"), *variable]))
    .collect();
    assert_snapshot!(said, @r#"
    OTEL_LOGS_EXPORTER is "loki": write `otlp`, `console` or `none`, or a list of these, or unset it
    OTEL_EXPORTER_OTLP_LOGS_ENDPOINT is not valid: write an `http://` or `https://` URL, or unset it
    OTEL_EXPORTER_OTLP_LOGS_HEADERS does not begin with a valid pair: write `key=value` pairs with percent-encoded values, separated by commas, or unset it
    OTEL_BLRP_SCHEDULE_DELAY is "-1": write a whole number of milliseconds, 1 or more, or unset it
    OTEL_BLRP_MAX_QUEUE_SIZE is "none": write a whole number, 1 or more, or unset it
    OTEL_BLRP_EXPORT_TIMEOUT is "1s": write a whole number of milliseconds, 1 or more, or unset it
    "#);
}

#[test]
fn of_the_files_for_tls() {
    let said: String = [
        &[("OTEL_EXPORTER_OTLP_CERTIFICATE", "/nowhere.pem")][..],
        &[("OTEL_EXPORTER_OTLP_CERTIFICATE", "/dev/null")],
        &[("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", "/nowhere.pem")],
    ]
    .iter()
    .map(|variables| {
        let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://127.0.0.1:1");
        said(&[&[endpoint], *variables].concat())
    })
    .collect();
    assert_snapshot!(said, @r#"
    OTEL_EXPORTER_OTLP_CERTIFICATE is not valid: write the path of a PEM file with certificates (No such file or directory (os error 2)), or unset it
    OTEL_EXPORTER_OTLP_CERTIFICATE is not valid: write the path of a PEM file with certificates (it has none), or unset it
    OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE is not valid: write the path of a PEM file with certificates (No such file or directory (os error 2)), or unset it
    "#);
}

#[cfg(unix)]
#[test]
fn that_is_no_text() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let name = OsStr::from_bytes(b"caf\xe9");
    let output = run(application("plain").env("OTEL_SERVICE_NAME", name));
    assert_snapshot!(errors(&output), @r#"
    OTEL_SERVICE_NAME is not valid: write text in UTF-8, or unset it
    "#);
}
