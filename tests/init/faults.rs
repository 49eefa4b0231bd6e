//! Tests of collectors that are not there, or give wrong responses: the program does not wait, ends
//! in time, and warns once.

use std::net::SocketAddr;

use crate::collector::{Failing, Talking, answering, hanging, refusing, serve_grpc};
use crate::{application, errors, run};

/// Returns the output of a program that sends to this collector. An export may take `limit`
/// milliseconds.
fn said(protocol: &str, collector: SocketAddr, limit: &str) -> String {
    let endpoint = format!("http://{collector}");
    let output = run(application("current_thread").arg("slowly").envs([
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &*endpoint),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", limit),
        // So that there are several exports, of which all fail.
        ("OTEL_BSP_SCHEDULE_DELAY", "100"),
    ]));
    assert!(output.status.success());
    errors(&output).replace(&endpoint, "ENDPOINT")
}

/// Asserts that there is one line, about the first of two spans, with this reason.
fn assert_said(protocol: &str, collector: SocketAddr, reason: &str) {
    let limit = match reason {
        TIMED_OUT => "1000",
        // On a busy machine, an answer may take seconds.
        _ => "60000",
    };
    let said = said(protocol, collector, limit);
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(
        said.starts_with("traced: 1 span could not be sent to ENDPOINT"),
        "{said}"
    );
    assert!(said.contains(reason), "{said}");
    assert!(
        said.ends_with("; this warning is not repeated until sending works\n"),
        "{said}"
    );
}

const TIMED_OUT: &str = "timed out after 1s";
const GARBAGE: &[u8] = &[7; 10_000];
const REDIRECT: &[u8] =
    b"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n";
const ERROR: &[u8] = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 6\r\n\r\nsecret";

#[test]
fn over_http() {
    for (collector, reason) in [
        (
            refusing(),
            "network error: client error (Connect): tcp connect error: Connection refused",
        ),
        (hanging(), TIMED_OUT),
        (
            answering(GARBAGE),
            "network error: client error (SendRequest): invalid HTTP version parsed",
        ),
        (
            answering(ERROR),
            "HTTP export failed with status code: 500;",
        ),
        (
            answering(REDIRECT),
            "HTTP export failed with status code: 307;",
        ),
    ] {
        assert_said("http/protobuf", collector, reason);
    }
}

#[test]
fn over_grpc() {
    for (collector, reason) in [
        (
            refusing(),
            "Unavailable: transport error: tcp connect error: tcp connect error: Connection refused",
        ),
        (hanging(), TIMED_OUT),
        (answering(GARBAGE), "http2 error"),
        (answering(ERROR), "http2 error"),
        (serve_grpc(Failing, None), "gRPC code: PermissionDenied;"),
    ] {
        assert_said("grpc", collector, reason);
    }
}

/// There is one line for the batch that cannot be sent, and one for the spans that find no room in
/// the meantime.
#[test]
fn drops_are_said_once() {
    let endpoint = format!("http://{}", refusing());
    let output = run(application("flush").arg("flood").envs([
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &*endpoint),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "1"),
    ]));
    let said = errors(&output);
    let dropped = said.lines().filter(|line| line.contains("dropped"));
    let dropped: Vec<&str> = dropped.collect();
    assert_eq!(dropped.len(), 1, "{said}");
    let start = "traced: spans end faster than they are exported: ";
    let end = " dropped; raise OTEL_BSP_MAX_QUEUE_SIZE, or sample; this warning is not repeated";
    assert!(
        dropped[0].starts_with(start) && dropped[0].ends_with(end),
        "{said}"
    );
    assert_eq!(said.lines().count(), 2, "{said}");
}

#[test]
fn a_servers_answer_is_cut_and_escaped() {
    let said = said("grpc", serve_grpc(Talking, None), "60000");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.len() < 700, "{said}");
    assert!(
        said.chars().all(|c| c == '\n' || !c.is_control()),
        "{said:?}"
    );
}
