//! Tests that the environment variables have their effects.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use insta::assert_snapshot;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use traced_tests_child::Running;

use crate::collector::Collector;
use crate::{application, errors, quietly, run};

/// Returns a line `key=value` for each attribute that does not differ from machine to machine.
fn listed(attributes: &[KeyValue]) -> String {
    let mut lines: Vec<String> = attributes
        .iter()
        .map(|attribute| format!("{}={}", attribute.key, text(attribute.value.as_ref())))
        .filter(|line| {
            !line.starts_with("os.") && !line.starts_with("host.") && !line.starts_with("process.")
        })
        .collect();
    lines.sort();
    lines.join("\n")
}

fn text(value: Option<&AnyValue>) -> String {
    match value.and_then(|value| value.value.as_ref()) {
        Some(Value::StringValue(text)) => text.clone(),
        other => format!("{other:?}"),
    }
}

#[test]
fn the_resource() {
    let collector = Collector::http();
    let variables = [
        ("OTEL_SERVICE_NAME", "orders"),
        (
            "OTEL_RESOURCE_ATTRIBUTES",
            "service.name=other, service.version=7 ,key=a%2Cb%3Dc,a%3Db=1,c%=%4g%41,",
        ),
    ];
    quietly(
        application("plain")
            .envs(collector.environment())
            .envs(variables),
    );
    assert_snapshot!(listed(&collector.resource().attributes), @r#"
    a=b=1
    c%=%4gA
    key=a,b=c
    service.name=orders
    service.version=7
    telemetry.sdk.language=rust
    telemetry.sdk.name=opentelemetry
    telemetry.sdk.version=0.33.1
    "#);

    let collector = Collector::grpc(None);
    quietly(application("plain").envs(collector.environment()));
    let attributes = collector.resource().attributes;
    let names: Vec<&str> = attributes.iter().map(|attribute| &*attribute.key).collect();
    for name in [
        "host.name",
        "host.arch",
        "os.type",
        "process.pid",
        "process.executable.name",
        "process.executable.path",
    ] {
        assert!(names.contains(&name), "{name} in {names:?}");
    }
    assert!(listed(&attributes).contains("service.name=unknown_service:application"));
}

#[test]
fn what_the_program_says_wins() {
    let collector = Collector::http();
    let variables = [
        ("OTEL_SERVICE_NAME", "orders"),
        ("OTEL_RESOURCE_ATTRIBUTES", "service.version=7"),
        ("OTEL_TRACES_SAMPLER", "always_off"),
    ];
    quietly(
        application("builder")
            .envs(collector.environment())
            .envs(variables),
    );
    assert_snapshot!(listed(&collector.resource().attributes), @r#"
    deployment.environment.name=test
    service.name=told by the program
    service.version=1.2.3
    telemetry.sdk.language=rust
    telemetry.sdk.name=opentelemetry
    telemetry.sdk.version=0.33.1
    "#);
}

#[test]
fn headers_and_compression() {
    for collector in Collector::both() {
        let variables = [
            (
                "OTEL_EXPORTER_OTLP_HEADERS",
                "api-key=a%20b%2Cc, tenant=7, mixed=%61%zz%2",
            ),
            ("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "gzip"),
        ];
        quietly(
            application("plain")
                .envs(collector.environment())
                .envs(variables),
        );
        assert_eq!(collector.names(), "call");
        let headers = collector.headers();
        for header in [
            "api-key: a b,c",
            "tenant: 7",
            "mixed: a%zz%2",
            "encoding: gzip",
        ] {
            assert!(headers.contains(header), "{headers}");
        }
    }
}

#[test]
fn the_query_of_an_endpoint_is_kept_and_its_fragment_is_not_sent() {
    for (variable, rest, asked) in [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "?key=x", "/v1/traces?key=x"),
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "/a/?key=x/",
            "/a/v1/traces?key=x/",
        ),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "#part", "/v1/traces"),
        (
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
            "/whole?key=x#part",
            "/whole?key=x",
        ),
    ] {
        let collector = Collector::http();
        let endpoint = format!("http://{}{rest}", collector.address);
        quietly(application("plain").env(variable, endpoint));
        let headers = collector.headers();
        assert!(
            headers.starts_with(&format!("post {asked} http/1.1")),
            "{headers}"
        );
    }
}

/// Over HTTP, a path is kept. `/v1/traces` is appended to the URL for all signals, while the one
/// for traces is the whole URL.
#[test]
fn the_endpoint() {
    let collector = Collector::http();
    let base = format!("http://{}/base/", collector.address);
    quietly(application("plain").envs([("OTEL_EXPORTER_OTLP_ENDPOINT", &base)]));
    assert!(
        collector
            .headers()
            .starts_with("post /base/v1/traces http/1.1")
    );

    let collector = Collector::http();
    let whole = format!("http://{}/whole", collector.address);
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", &*whole),
    ];
    quietly(application("plain").envs(variables));
    assert!(collector.headers().starts_with("post /whole http/1.1"));

    let collector = Collector::grpc(None);
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address.to_string()),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc".to_owned()),
        ("OTEL_EXPORTER_OTLP_INSECURE", "true".to_owned()),
    ];
    quietly(application("plain").envs(variables));
    assert_eq!(collector.names(), "call");
}

#[test]
fn limits() {
    let collector = Collector::http();
    let variables = [
        ("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "5"),
        ("OTEL_SPAN_EVENT_COUNT_LIMIT", "1"),
        ("OTEL_SPAN_LINK_COUNT_LIMIT", "0"),
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "1"),
    ];
    quietly(
        application("plain")
            .arg("everything")
            .envs(collector.environment())
            .envs(variables),
    );
    let spans = collector.spans();
    let span = spans
        .iter()
        .find(|span| span.name == "everything")
        .expect("a span");
    let long = span
        .attributes
        .iter()
        .find(|attribute| attribute.key == "long");
    assert_eq!(text(long.and_then(|long| long.value.as_ref())), "01234");
    assert_eq!((span.events.len(), span.dropped_events_count), (1, 1));
    assert!(spans.iter().all(|span| span.links.is_empty()));
    assert_eq!(collector.requests(), spans.len(), "each span is a batch");
}

#[test]
fn samplers() {
    for (sampler, argument, expected) in [
        ("always_off", "", ""),
        ("always_on", "", "call"),
        ("TraceIdRatio", "0", ""),
        ("traceidratio", "1.0", "call"),
        ("parentbased_always_off", "", ""),
        ("parentbased_traceidratio", "", "call"),
    ] {
        let collector = Collector::http();
        let variables = [
            ("OTEL_TRACES_SAMPLER", sampler),
            ("OTEL_TRACES_SAMPLER_ARG", argument),
        ];
        quietly(
            application("plain")
                .envs(collector.environment())
                .envs(variables),
        );
        assert_eq!(collector.names(), expected, "{sampler}");
    }
}

#[test]
fn exporters() {
    for (name, value) in [
        ("OTEL_TRACES_EXPORTER", "none"),
        ("OTEL_SDK_DISABLED", "TRUE"),
    ] {
        let collector = Collector::http();
        let said = quietly(
            application("plain")
                .envs(collector.environment())
                .env(name, value),
        );
        assert_eq!(said, "", "{name}");
        assert_eq!(collector.names(), "", "{name}");
    }
    let collector = Collector::http();
    let variables = collector.environment();
    let console = ("OTEL_TRACES_EXPORTER", "console");
    let output = run(application("plain").envs(variables).envs([console]));
    assert!(errors(&output).contains("\ncall "), "{output:?}");
    assert_eq!(output.stdout, b"", "trees go to standard error");
    assert_eq!(collector.names(), "");
    let output = run(&mut application("plain"));
    assert!(
        errors(&output).contains("\ncall "),
        "the console where nothing is said"
    );
}

/// Spans that have ended are shown while one above them is still open.
#[test]
fn the_console_does_not_wait_for_the_end_of_a_service() {
    let mut command = application("serve");
    let pipes = command.stdin(Stdio::piped()).stderr(Stdio::piped());
    let mut service = Running::start(pipes);
    let mut said = BufReader::new(service.stderr.take().expect("a pipe"));
    let mut next = || {
        let mut line = String::new();
        said.read_line(&mut line).expect("text");
        line
    };
    let (head, row) = (next(), next());
    assert!(
        head.starts_with("trace ") && head.ends_with(" · still open\n"),
        "{head}"
    );
    assert!(row.starts_with("call "), "{row}");
    drop(service.stdin.take());
    let (end, head, row) = (next(), next(), next());
    assert!(
        end == "\n" && head.contains(" · 1 span · ") && !head.contains("open"),
        "{head}"
    );
    assert!(row.starts_with("serve "), "{row}");
    assert!(service.wait().success());
}

#[test]
fn the_console_shows_at_the_end_what_is_still_open() {
    let said = errors(&run(&mut application("open")));
    let mut lines = said.lines();
    let (head, row) = (lines.next().unwrap_or_default(), lines.next());
    assert!(head.ends_with(" · still open"), "{said}");
    assert!(row.is_some_and(|row| row.starts_with("call ")), "{said}");
}

#[test]
fn a_list_of_exporters() {
    for list in ["otlp,console", " Console , OTLP,otlp", "console,otlp,none"] {
        let collector = Collector::http();
        let exporters = ("OTEL_TRACES_EXPORTER", list);
        let output = run(application("plain")
            .envs(collector.environment())
            .envs([exporters]));
        assert_eq!(collector.names(), "call", "{list}");
        assert_eq!(errors(&output).matches("call ").count(), 1, "{list}");
    }
}

/// These may be set for programs in all languages. The specification says that a program warns and
/// goes on.
#[test]
fn settings_of_others_are_no_error() {
    let said: String = [
        ("OTEL_PROPAGATORS", "tracecontext,xray"),
        ("OTEL_PROPAGATORS", "ottrace"),
        ("OTEL_SDK_DISABLED", "yes"),
        ("OTEL_TRACES_EXPORTER", "otlp,zipkin"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"),
        ("OTEL_EXPORTER_OTLP_INSECURE", "maybe"),
        ("OTEL_TRACES_SAMPLER", "parentbased_jaeger_remote"),
        (
            "RUST_LOG",
            "info,my_app[request{user=\"secret\",id=1}]=debug",
        ),
    ]
    .iter()
    .map(|variable| {
        let collector = Collector::http();
        let output = run(application("plain")
            .envs(collector.environment())
            .envs([*variable]));
        assert!(output.status.success(), "{output:?}");
        assert_eq!(collector.names(), "call", "{variable:?}");
        errors(&output)
    })
    .collect();
    assert_snapshot!(said, @r#"
    traced: OTEL_PROPAGATORS is "tracecontext,xray": ignoring "xray", expected `tracecontext`, `baggage`, `b3`, `b3multi`, `jaeger`, or `none`, separated by commas
    traced: OTEL_PROPAGATORS is "ottrace": ignoring "ottrace", expected `tracecontext`, `baggage`, `b3`, `b3multi`, `jaeger`, or `none`, separated by commas
    traced: OTEL_SDK_DISABLED is "yes": treating it as `false`, expected `true` or `false`
    traced: OTEL_TRACES_EXPORTER is "otlp,zipkin": ignoring "zipkin", which is not supported
    traced: OTEL_EXPORTER_OTLP_PROTOCOL is "http/json": JSON is not supported, using `http/protobuf`
    traced: OTEL_EXPORTER_OTLP_INSECURE is "maybe": treating it as `false`, expected `true` or `false`
    traced: OTEL_TRACES_SAMPLER is "parentbased_jaeger_remote": not supported, using `parentbased_always_on`
    traced: RUST_LOG: ignoring directives with spans or fields, which are not supported
    "#);
}

#[test]
fn what_the_program_says_in_code() {
    let collector = Collector::grpc(None);
    let endpoint = format!("http://{}", collector.address);
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=other,tenant=7"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "1"),
        ("OTEL_PROPAGATORS", "tracecontext"),
        ("TRACED_FILTER", "off"),
    ];
    let said = quietly(application("in_code").arg(endpoint).envs(variables));
    assert_eq!(said, "[\"b3\"]\n");
    assert_eq!(collector.names(), "call");
    let headers = collector.headers();
    for header in ["api-key: told by the program\n", "tenant: 7\n"] {
        assert!(headers.contains(header), "{headers}");
    }
}

#[test]
fn the_longest_timeout_is_as_long_as_it_takes() {
    for (protocol, collector) in [
        ("grpc", Collector::grpc(None)),
        ("http/protobuf", Collector::http()),
    ] {
        let endpoint = format!("http://{}", collector.address);
        let mut program = application("patient");
        let program = program
            .arg(endpoint)
            .env("OTEL_EXPORTER_OTLP_PROTOCOL", protocol);
        assert_eq!(quietly(program), "", "{protocol}");
        assert_eq!(collector.names(), "call", "{protocol}");
    }
}

/// The error names the method, and does not say what can be done about a variable.
#[test]
fn a_bad_value_in_code_is_an_error() {
    let said = quietly(&mut application("bad_in_code"));
    assert_snapshot!(said, @r#"
    the value passed to `Builder::with_endpoint` is not valid: pass an `http://` or `https://` URL
    the value passed to `Builder::with_endpoint` is not valid: pass a URL whose port is from 1 to 65535
    the value passed to `Builder::with_endpoint` is not valid: pass an `http://` or `https://` URL, or `HOST:PORT`
    the value passed to `Builder::with_endpoint` is not valid: pass a URL without a query, which gRPC does not support
    the value passed to `Builder::with_header` is not valid: pass the name and the value of an HTTP header
    the value passed to `Builder::with_timeout` is zero: pass a time of a millisecond or more
    the value passed to `Builder::with_filter` is "a=loud": pass directives like `info`, `my_app::db=off` or `*::health=off`, separated by commas
    "#);
}

/// One of them panics, which does not affect the other.
#[test]
fn exporters_of_the_programs_own() {
    let output = run(&mut application("own_exporters"));
    assert_eq!(output.stdout, b"1 spans\n", "{output:?}");
    let said = errors(&output);
    assert!(
        said.contains("traced: 1 span could not be exported: "),
        "{said}"
    );
}

#[test]
fn propagators() {
    for (value, expected) in [
        ("", "[\"baggage\", \"traceparent\", \"tracestate\"]\n"),
        ("baggage", "[\"baggage\"]\n"),
        ("none", "[]\n"),
    ] {
        let said = quietly(
            application("plain")
                .arg("fields")
                .env("OTEL_PROPAGATORS", value),
        );
        assert_eq!(said, expected);
    }
}
