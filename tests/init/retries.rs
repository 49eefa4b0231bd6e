//! Tests of what is sent again, and of what is counted if a collector does not accept it.

use std::sync::{Arc, Mutex};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTracePartialSuccess;
use tonic::{Code, Status};

use crate::collector::{Scripted, scripted, serve_grpc};
use crate::flush::flush;
use crate::{application, errors, run};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
const BAD: &[u8] = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
const BUSY: &[u8] =
    b"HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
const BUSY_UNTIL: &[u8] =
    b"HTTP/1.1 429 Busy\r\nRetry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
const BUSY_FOR_A_YEAR: &[u8] =
    b"HTTP/1.1 503 Busy\r\nRetry-After: 31536000\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
const BAD_GATEWAY: &[u8] =
    b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
/// Responses that close the connection at once, and in the middle of the head.
const NOTHING: &[u8] = b"";
const HEAD_CUT: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Le";
/// A response that rejects a span, with the reason "secret\x1b[2J".
const PARTIAL: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 16\r\nConnection: close\r\n\r\n\
    \x0a\x0e\x08\x01\x12\x0aquota\x1b[2J\n";

#[test]
fn over_http() {
    let exported = "1 recorded, 1 exported\n";
    let lost = "1 recorded, 0 exported\n";
    for (answers, attempts, result, said) in [
        (&[BUSY, BAD_GATEWAY, OK][..], 3, exported, ""),
        (&[BUSY_UNTIL, OK], 2, exported, ""),
        (&[NOTHING, HEAD_CUT, OK], 3, exported, ""),
        (&[BAD, OK], 1, lost, "status code: 400;"),
        (&[BUSY_FOR_A_YEAR, OK], 1, lost, "status code: 503;"),
        // So often, and then no more.
        (&[BAD_GATEWAY], 4, lost, "status code: 502;"),
    ] {
        let (collector, requests) = scripted(answers.to_vec());
        flush("http/protobuf", collector, &[]).assert(result, said);
        let requests = requests.lock().expect("no panic");
        assert_eq!(requests.len(), attempts);
        for (head, body) in &*requests {
            assert!(
                head.contains("user-agent: otel-otlp-exporter-rust/"),
                "{head}"
            );
            assert_eq!(*body, requests[0].1);
        }
    }
}

#[test]
fn over_grpc() {
    // `google.rpc.Status` with a `RetryInfo` of a second.
    let details =
        b"\x1a\x30\x0a\x28type.googleapis.com/google.rpc.RetryInfo\x12\x04\x0a\x02\x08\x01";
    let told = |code| Status::with_details(code, "", bytes::Bytes::from_static(details));
    let plain = |code| Status::new(code, "");
    let exported = "1 recorded, 1 exported\n";
    let lost = "1 recorded, 0 exported\n";
    for (answers, attempts, result, said) in [
        (
            vec![told(Code::ResourceExhausted), told(Code::Unavailable)],
            3,
            exported,
            "",
        ),
        (
            vec![plain(Code::Unavailable), plain(Code::OutOfRange)],
            3,
            exported,
            "",
        ),
        (
            vec![plain(Code::ResourceExhausted)],
            1,
            lost,
            "ResourceExhausted;",
        ),
        (
            vec![plain(Code::InvalidArgument)],
            1,
            lost,
            "InvalidArgument;",
        ),
    ] {
        let service = Scripted {
            answers: Arc::new(Mutex::new(answers)),
            ..Scripted::default()
        };
        let collector = serve_grpc(service.clone(), None);
        flush("grpc", collector, &[]).assert(result, said);
        assert_eq!(service.requests(), attempts);
    }
}

#[test]
fn what_a_collector_rejects_is_counted_and_said() {
    let said = "traced: 1 span rejected by ENDPOINT: quota\\u{1b}[2J\\n; this warning is not repeated until all are accepted\n";
    let (collector, _) = scripted(vec![PARTIAL]);
    let flushed = flush("http/protobuf", collector, &[]);
    assert_eq!(flushed.errors, said);
    assert_eq!(flushed.counts, "1 recorded, 0 exported\n");
    let service = Scripted {
        partial: Some(ExportTracePartialSuccess {
            // More than there were.
            rejected_spans: 7,
            error_message: "quota\x1b[2J\n".to_owned(),
        }),
        ..Scripted::default()
    };
    let flushed = flush("grpc", serve_grpc(service, None), &[]);
    assert_eq!(flushed.errors, said);
    assert_eq!(flushed.counts, "1 recorded, 0 exported\n");
}

/// There is an outage, and then all is well.
#[test]
fn spans_arrive_when_the_collector_is_back() {
    let (collector, requests) = scripted(vec![NOTHING, NOTHING, NOTHING, NOTHING, OK]);
    let output = run(application("plain").arg("slowly").envs([
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            &*format!("http://{collector}"),
        ),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "4000"),
        ("OTEL_BSP_SCHEDULE_DELAY", "1"),
    ]));
    assert!(output.status.success());
    let said = errors(&output);
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(
        said.starts_with("traced: 1 span could not be sent"),
        "{said}"
    );
    assert_eq!(requests.lock().expect("no panic").len(), 5);
}
