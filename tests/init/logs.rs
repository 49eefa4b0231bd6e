//! Tests of logs over OTLP: their ids, where they go, and the exceptions among them.

use std::process::Command;

use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::logs::v1::LogRecord;

use crate::collector::{Collector, Failing, hanging, refusing, serve_grpc};
use crate::{application, errors, run};

/// Returns the command for a program that pays, whose logs go to this collector.
fn payment(collector: &Collector) -> Command {
    let mut command = application("plain");
    command.arg("payment").envs(collector.environment());
    command
}

/// Runs a program that must succeed, whatever lines it writes.
fn succeeds(command: &mut Command) -> String {
    let output = run(command);
    assert!(output.status.success(), "{output:?}");
    assert!(!errors(&output).contains("traced:"), "{output:?}");
    String::from_utf8(output.stdout).expect("text")
}

/// Returns each record with the span that it names.
fn listed(collector: &Collector) -> String {
    let spans = collector.spans();
    let named = |record: &LogRecord| {
        let span = spans
            .iter()
            .find(|span| span.span_id == record.span_id && span.trace_id == record.trace_id);
        span.map_or("-", |span| &span.name).to_owned()
    };
    let logs = collector.logs();
    let lines: Vec<String> = logs
        .iter()
        .map(|record| format!("{}: {}", named(record), described(record)))
        .collect();
    lines.join("\n")
}

fn described(record: &LogRecord) -> String {
    let LogRecord {
        severity_text,
        severity_number,
        event_name,
        ..
    } = record;
    // The name of a `tracing` event is the place in the code.
    let event = match event_name.split_once(' ') {
        Some((kind, _)) => kind,
        None => event_name,
    };
    let body = text(record.body.as_ref());
    let attributes = attributes(&record.attributes);
    format!("{severity_text} {severity_number} [{event}] {body}{attributes}")
}

fn attributes(attributes: &[KeyValue]) -> String {
    let pairs = attributes
        .iter()
        .map(|attribute| format!(" {}={}", attribute.key, text(attribute.value.as_ref())));
    pairs.collect()
}

fn text(value: Option<&AnyValue>) -> String {
    match value.and_then(|value| value.value.as_ref()) {
        Some(Value::StringValue(text)) => text.clone(),
        Some(Value::IntValue(number)) => number.to_string(),
        None => String::new(),
        other => format!("{other:?}"),
    }
}

/// Returns the exception events of all spans.
fn events(collector: &Collector) -> String {
    let spans = collector.spans();
    let lines = spans.iter().flat_map(|span| {
        let exceptions = span.events.iter().filter(|event| event.name == "exception");
        exceptions.map(|event| {
            let message = event
                .attributes
                .iter()
                .find(|attribute| attribute.key == "exception.message");
            let message = text(message.and_then(|message| message.value.as_ref()));
            format!("{}: {message}\n", span.name)
        })
    });
    lines.collect()
}

#[test]
fn each_record_has_the_ids_of_its_span() {
    for collector in Collector::both() {
        succeeds(payment(&collector).env("OTEL_SERVICE_NAME", "orders"));
        let expected = "\
-: INFO 9 [event] outside
process_payment: INFO 9 [event] charging order.id=7
charge: ERROR 17 [event] no notice exception.message=the customer was not told";
        assert_eq!(listed(&collector), expected);
        let (request, _) = collector.log_request();
        let resource = request.resource_logs[0].resource.as_ref();
        let resource = attributes(&resource.expect("a resource").attributes);
        assert!(resource.contains(" service.name=orders"), "{resource}");
    }
}

const ON_SPANS: &str = "charge: the customer was not told\ncharge: the card was declined\n";
const IN_LOGS: &str = "charge: ERROR 17 [exception]  exception.type=traced_init_tests::scenario::Declined \
    exception.message=the card was declined";

/// The exception in a `tracing` event is a log record anyway.
#[test]
fn exceptions_go_where_the_variable_says() {
    for (value, on_spans, in_logs) in [
        ("", ON_SPANS, ""),
        ("span", ON_SPANS, ""),
        ("logs/dup", ON_SPANS, IN_LOGS),
        ("logs", "", IN_LOGS),
    ] {
        let collector = Collector::http();
        succeeds(payment(&collector).env("OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN", value));
        assert_eq!(events(&collector), on_spans, "{value}");
        let listed = listed(&collector);
        let exceptions: Vec<&str> = listed
            .lines()
            .filter(|line| line.contains("[exception]"))
            .collect();
        assert_eq!(exceptions.join("\n"), in_logs, "{value}");
    }
}

/// If log records go nowhere, exceptions stay on their spans.
#[test]
fn without_logs_exceptions_stay_on_their_spans() {
    let collector = Collector::http();
    succeeds(payment(&collector).envs([
        ("OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN", "logs"),
        ("OTEL_LOGS_EXPORTER", "none"),
    ]));
    assert_eq!(collector.log_requests(), 0);
    assert_eq!(events(&collector), ON_SPANS);
}

#[test]
fn they_go_where_they_are_told_to() {
    let collector = Collector::http();
    succeeds(payment(&collector).env("OTEL_TRACES_EXPORTER", "none"));
    assert_eq!((collector.requests(), collector.logs().len()), (0, 3));

    let collector = Collector::http();
    succeeds(payment(&collector).env("OTEL_SDK_DISABLED", "true"));
    assert_eq!((collector.requests(), collector.log_requests()), (0, 0));

    let collector = Collector::http();
    let said = succeeds(payment(&collector).env("OTEL_LOGS_EXPORTER", "console"));
    assert_eq!(collector.log_requests(), 0);
    assert!(
        said.contains(r#"Body: String(Owned("charging"))"#),
        "{said}"
    );

    let said = succeeds(application("plain").arg("payment"));
    assert!(!said.contains("Body"), "nothing is said: {said}");
}

#[test]
fn their_own_variables_win() {
    let traces = Collector::http();
    let logs = Collector::grpc(None);
    let endpoint = format!("http://{}", logs.address);
    succeeds(payment(&traces).envs([
        ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", &*endpoint),
        ("OTEL_EXPORTER_OTLP_LOGS_PROTOCOL", "grpc"),
        ("OTEL_EXPORTER_OTLP_LOGS_HEADERS", "api-key=a%20b"),
        ("OTEL_EXPORTER_OTLP_LOGS_COMPRESSION", "gzip"),
    ]));
    assert_eq!((traces.spans().len(), traces.log_requests()), (2, 0));
    assert_eq!((logs.requests(), logs.logs().len()), (0, 3));
    let (_, headers) = logs.log_request();
    for header in ["api-key: a b", "encoding: gzip"] {
        assert!(headers.contains(header), "{headers}");
    }
    assert!(!traces.headers().contains("api-key"));

    let collector = Collector::http();
    let whole = format!("http://{}/all/logs/here", collector.address);
    succeeds(payment(&collector).env("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", whole));
    let (_, headers) = collector.log_request();
    assert!(
        headers.starts_with("post /all/logs/here http/1.1"),
        "{headers}"
    );
}

/// The libraries below the exporters log everything that they can.
#[test]
fn the_export_is_not_logged_itself() {
    for collector in Collector::both() {
        let output = run(payment(&collector)
            .env("RUST_LOG", "trace")
            .env("OTEL_BLRP_SCHEDULE_DELAY", "1"));
        assert!(output.status.success());
        assert_eq!(collector.logs().len(), 3, "{}", listed(&collector));
        assert_eq!(collector.names(), "charge process_payment");
        let said = errors(&output);
        let lines = said
            .lines()
            .filter(|line| !line.contains(" traced_init_tests::scenario: "));
        assert_eq!(lines.collect::<Vec<_>>(), [""; 0]);
    }
}

/// The exporters are created while the subscriber of the first set-up listens.
#[test]
fn the_export_of_a_second_set_up_is_not_logged_itself() {
    for collector in Collector::both() {
        let mut program = application("again");
        let program = program.arg("payment").envs(collector.environment());
        let output = run(program.env("RUST_LOG", "trace"));
        assert_eq!(collector.logs().len(), 6, "{}", listed(&collector));
        let twice = "charge process_payment charge process_payment";
        assert_eq!(collector.names(), twice);
        let said = errors(&output);
        let is_own = |line: &&str| line.contains(" traced_init_tests::scenario: ");
        assert_eq!(said.lines().find(|line| !is_own(line)), None);
    }
}

/// The program itself uses the same libraries.
#[test]
fn what_the_program_does_with_them_is_logged() {
    let collector = Collector::http();
    let mut command = application("plain");
    command.arg("requests").envs(collector.environment());
    let output = run(command.env("RUST_LOG", "trace"));
    let lines = errors(&output);
    assert!(
        lines.contains("TRACE hyper::client: the program's own"),
        "{lines}"
    );
    assert_eq!(lines.lines().count(), 1, "{lines}");
    assert_eq!(collector.logs().len(), 1);
}

#[test]
fn levels_are_chosen_by_the_usual_variable() {
    let collector = Collector::http();
    succeeds(payment(&collector).env("RUST_LOG", "error"));
    assert_eq!(collector.logs().len(), 1, "{}", listed(&collector));
}

#[test]
fn the_size_of_a_batch() {
    let collector = Collector::http();
    succeeds(payment(&collector).env("OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", "1"));
    assert_eq!(collector.log_requests(), 3);
}

#[test]
fn the_largest_numbers_are_taken() {
    const MOST: &str = "18446744073709551615";
    let collector = Collector::http();
    let largest = [
        ("OTEL_BLRP_MAX_QUEUE_SIZE", MOST),
        ("OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", MOST),
        ("OTEL_BLRP_SCHEDULE_DELAY", MOST),
        ("OTEL_BSP_MAX_QUEUE_SIZE", MOST),
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", MOST),
        ("OTEL_BSP_SCHEDULE_DELAY", MOST),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", MOST),
    ];
    succeeds(payment(&collector).envs(largest));
    assert_eq!(collector.logs().len(), 3, "{}", listed(&collector));
    assert_eq!(collector.names(), "charge process_payment");
}

#[test]
fn a_flush_sends_them() {
    let collector = Collector::http();
    let mut command = application("exit_without_shutdown");
    run(command.arg("payment").envs(collector.environment()));
    assert_eq!(collector.logs().len(), 3, "of six");
}

#[test]
fn a_second_set_up_has_them_too() {
    let collector = Collector::http();
    succeeds(
        application("again")
            .arg("payment")
            .envs(collector.environment()),
    );
    assert_eq!(collector.logs().len(), 6);
}

#[test]
fn one_warning_tells_of_a_bad_collector() {
    for (protocol, collector, reason) in [
        ("http/protobuf", refusing(), "Connection refused"),
        ("grpc", serve_grpc(Failing, None), "PermissionDenied"),
    ] {
        let endpoint = format!("http://{collector}");
        let output = run(application("plain").arg("payment").envs([
            ("OTEL_TRACES_EXPORTER", "none"),
            ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", &*endpoint),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
            ("OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", "1"),
            ("RUST_LOG", "scenario=off,info"),
        ]));
        assert!(output.status.success());
        let said = errors(&output);
        let warnings: Vec<&str> = said
            .lines()
            .filter(|line| line.starts_with("traced:"))
            .collect();
        assert_eq!(warnings.len(), 1, "{said}");
        let start = format!("traced: 1 log record could not be sent to {endpoint}");
        assert!(warnings[0].starts_with(&start), "{said}");
        assert!(warnings[0].contains(reason), "{said}");
    }
}

/// Logs take at most half of the limit, which is one second here.
#[test]
fn the_end_waits_no_longer_than_the_limit() {
    let endpoint = format!("http://{}", hanging());
    let output = run(application("builder").arg("payment").envs([
        ("OTEL_TRACES_EXPORTER", "none"),
        ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", &*endpoint),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "60000"),
        ("OTEL_BLRP_EXPORT_TIMEOUT", "60000"),
    ]));
    assert!(output.status.success());
    let said = errors(&output);
    assert!(
        said.ends_with("traced: logs were not exported within 500ms, and are lost\n"),
        "{said}"
    );
}
