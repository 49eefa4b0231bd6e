//! Tests that a real Jaeger returns what was recorded, over both protocols. `tests/backends/run
//! jaeger` starts it.

#[path = "../picture.rs"]
mod picture;
mod query;

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

use insta::{allow_duplicates, assert_snapshot};
use picture::{Span, picture};
use query::Received;
use traced::testing::Capture;
use traced_init_tests::scenario;
use traced_tests::{block_on, built};
use traced_tests_child::{Running, output};

fn variable(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set: use tests/backends/run jaeger"))
}

/// Runs a program that sends to Jaeger by the environment alone, as the service of this name.
fn send(command: &mut Command, protocol: &str, service: &str) -> Output {
    let output = output(to_jaeger(command, protocol, service));
    assert!(output.status.success(), "{output:?}");
    output
}

fn to_jaeger<'c>(command: &'c mut Command, protocol: &str, service: &str) -> &'c mut Command {
    let endpoint = match protocol {
        "grpc" => variable("JAEGER_GRPC"),
        _ => variable("JAEGER_HTTP"),
    };
    command
        .env("OTEL_TRACES_EXPORTER", "otlp")
        .env("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
        .env("OTEL_SERVICE_NAME", service)
        .env(
            "OTEL_RESOURCE_ATTRIBUTES",
            "service.version=1.2.3,deployment.environment.name=the%20test",
        )
}

fn application(work: &str) -> Command {
    let mut command = built("application");
    command.args(["plain", work]);
    command
}

/// Returns the name of a service that no other run has used.
fn service(name: &str, protocol: &str) -> String {
    format!("{name} by {protocol}, process {}", std::process::id())
}

fn now() -> u128 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.expect("after 1970").as_nanos()
}

fn recorded(capture: &Capture) -> Vec<Span> {
    capture.spans().into_iter().map(Span::from).collect()
}

/// Records the same here and in a process that sends it to Jaeger, and compares.
fn comes_back_whole(work: &str, record: impl FnOnce()) {
    let capture = Capture::new();
    capture.run(record);
    let mut recorded = recorded(&capture);
    let expected = picture(&mut recorded);
    for protocol in ["http/protobuf", "grpc"] {
        let service = service(work, protocol);
        let before = now();
        let output = send(&mut application(work), protocol, &service);
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        let mut received = query::received(&service, recorded.len());
        assert_eq!(picture(&mut received.spans), expected, "{protocol}");
        check_times(&received, before, now());
        allow_duplicates!(assert_snapshot!(resource(&received, &service), @r#"
        deployment.environment.name="the test"
        host.arch=…
        host.name=…
        os.type=…
        process.executable.name="application"
        process.executable.path=…
        process.pid=…
        service.name=SERVICE
        service.version="1.2.3"
        telemetry.sdk.language="rust"
        telemetry.sdk.name="opentelemetry"
        telemetry.sdk.version=…
        "#));
    }
}

/// Checks that each span and event lies within the run, and each span within its parent.
fn check_times(received: &Received, before: u128, after: u128) {
    for span in &received.spans {
        let parent = received
            .spans
            .iter()
            .find(|parent| parent.id == span.parent);
        let (from, to) = parent.map_or((before, after), |parent| (parent.start, parent.end));
        assert!(
            from <= span.start && span.start <= span.end && span.end <= to,
            "{span:?}"
        );
        for event in &span.events {
            assert!(
                span.start <= event.time && event.time <= span.end,
                "{span:?}"
            );
        }
    }
}

/// Returns a line for each attribute that does not differ from machine to machine.
fn resource(received: &Received, service: &str) -> String {
    let lines = received.resource.iter().map(|(key, value)| {
        let own = [
            "host.",
            "os.",
            "process.pid",
            "process.executable.path",
            "telemetry.sdk.version",
        ];
        if own.iter().any(|own| key.starts_with(own)) {
            return format!("{key}=…\n");
        }
        let value = value.replace(&format!("{service:?}"), "SERVICE");
        format!("{key}={value}\n")
    });
    lines.collect()
}

#[test]
fn all_that_a_span_can_hold() {
    comes_back_whole("everything", scenario::everything);
}

#[test]
fn the_traces_of_the_order_service() {
    comes_back_whole("orders", || block_on(scenario::orders()));
}

/// Runs the program that the README shows, with the variables that it shows.
#[test]
fn the_example_by_the_environment() {
    for protocol in ["http/protobuf", "grpc"] {
        let service = service("example", protocol);
        let output = send(&mut built("examples/order_service"), protocol, &service);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(said, "2 orders processed, 3 failed, 1 malformed\n");
        let received = query::received(&service, 21);
        let failed = received
            .spans
            .iter()
            .filter(|span| span.parent.is_empty() && span.status.starts_with("error"));
        let mut failed: Vec<String> = failed
            .map(|span| format!("{} {}", span.name, span.status))
            .collect();
        failed.sort();
        assert_eq!(
            failed,
            [
                "process_order error \"monitor is out of stock: 3 wanted, 1 left\"",
                "process_order error \"payment failed\"",
                "process_order error \"user not found\"",
            ]
        );
    }
}

/// Returns a thousand orders in JSON, every seventh of which has no user, and the ids of those.
fn thousand_orders() -> (String, BTreeSet<String>) {
    let mut failing = BTreeSet::new();
    let orders: Vec<String> = (0..1_000)
        .map(|id| {
            let token = if id % 7 == 3 {
                "tok-nobody"
            } else {
                "tok-anna"
            };
            if id % 7 == 3 {
                failing.insert(id.to_string());
            }
            format!(r#"{{"id": {id}, "token": "{token}", "card": "1", "items": []}}"#)
        })
        .collect();
    (format!("[{}]", orders.join(",")), failing)
}

/// Returns the orders whose trace Jaeger has: those that failed, and the others.
fn kept(service: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let spans = query::look(service).map_or_else(Vec::new, |received| received.spans);
    let orders = spans.iter().filter(|span| span.name == "process_order");
    let (failed, others): (Vec<&Span>, Vec<&Span>) =
        orders.partition(|span| span.status.starts_with("error"));
    let ids = |spans: Vec<&Span>| {
        let attributes = spans.iter().flat_map(|span| &span.attributes);
        let ids = attributes.filter(|(key, _)| key == "order.id");
        ids.map(|(_, id)| id.clone()).collect()
    };
    (ids(failed), ids(others))
}

#[test]
fn adaptive_sampling_keeps_every_failed_order() {
    let service = service("adaptive", "grpc");
    let (orders, failing) = thousand_orders();
    let mut command = built("examples/order_service");
    let program = to_jaeger(&mut command, "grpc", &service)
        .env("OTEL_TRACES_SAMPLER", "traced_adaptive")
        .env("OTEL_TRACES_SAMPLER_ARG", "base=0.01,error=1,slow=0")
        .arg("-");
    let pipes = program.stdin(Stdio::piped()).stdout(Stdio::null());
    let mut running = Running::start(pipes);
    let mut input = running.stdin.take().expect("it is piped");
    input.write_all(orders.as_bytes()).expect("it reads");
    drop(input);
    assert!(running.wait().success());
    let deadline = Instant::now() + Duration::from_secs(20);
    while kept(&service).0 != failing {
        assert!(Instant::now() < deadline, "{:?}", kept(&service).0);
        sleep(Duration::from_millis(200));
    }
    // One of a hundred, of 857: that it is more than a hundred of them is beyond all chance.
    assert!(kept(&service).1.len() < 100);
}
