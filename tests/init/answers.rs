//! Tests of a collector's response: how much of it is read, and that a request that a collector has
//! accepted is not sent again.

use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceResponse,
};
use prost::Message;

use crate::collector::{Scripted, scripted, serve_grpc, stalling};
use crate::flush::{Said, flush};

/// The size of the largest response that is read.
const LARGEST: usize = 4 * 1024 * 1024;

const EXPORTED: &str = "1 recorded, 1 exported\n";
const LOST: &str = "1 recorded, 0 exported\n";

/// Returns a response of this size, whose warning is as long as that takes.
fn partial_success(size: usize) -> ExportTracePartialSuccess {
    let partial = |length| ExportTracePartialSuccess {
        rejected_spans: 0,
        error_message: "x".repeat(length),
    };
    let around = response(partial(size)).encoded_len() - size;
    let partial = partial(size - around);
    assert_eq!(response(partial.clone()).encoded_len(), size);
    partial
}

fn response(partial: ExportTracePartialSuccess) -> ExportTraceServiceResponse {
    ExportTraceServiceResponse {
        partial_success: Some(partial),
    }
}

/// Returns an HTTP response with this head and body.
fn http(head: &str, body: &[u8]) -> &'static [u8] {
    [head.as_bytes(), b"\r\n\r\n", body].concat().leak()
}

fn ok(body: &[u8]) -> &'static [u8] {
    let length = body.len();
    http(
        &format!("HTTP/1.1 200 OK\r\nContent-Length: {length}"),
        body,
    )
}

fn chunked(body: &[u8]) -> &'static [u8] {
    let chunks = body.chunks(64 * 1024);
    let chunks =
        chunks.map(|chunk| [format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat());
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked";
    let end = b"0\r\n\r\n".to_vec();
    http(head, &chunks.chain([end]).collect::<Vec<_>>().concat())
}

/// Sends a span to an HTTP collector that gives this response, and checks that it is sent once.
fn once_over_http(answer: &'static [u8]) -> Said {
    let (collector, requests) = scripted(vec![answer]);
    let said = flush("http/protobuf", collector, &[]);
    assert_eq!(requests.lock().expect("no panic").len(), 1, "{said:?}");
    said
}

#[test]
fn a_success_of_the_largest_size_is_read() {
    let warned = "traced: a warning was sent by ENDPOINT: xxx";
    let partial = partial_success(LARGEST);
    let body = response(partial.clone()).encode_to_vec();
    for answer in [ok(&body), chunked(&body)] {
        once_over_http(answer).assert(EXPORTED, warned);
    }
    for gzip in [false, true] {
        let (service, said) = over_grpc(partial.clone(), gzip);
        assert_eq!(service.requests(), 1, "{said:?}");
        said.assert(EXPORTED, warned);
    }
}

/// By the specification, the request is not sent again after this error. The collector may have
/// accepted the spans.
#[test]
fn a_larger_success_is_an_error_and_nothing_is_sent_again() {
    let partial = partial_success(LARGEST + 1);
    let body = response(partial.clone()).encode_to_vec();
    let said = "HTTP export failed: the response is larger than 4 MiB;";
    for answer in [ok(&body), chunked(&body)] {
        once_over_http(answer).assert(LOST, said);
    }
    for (gzip, code) in [(false, "OutOfRange"), (true, "ResourceExhausted")] {
        let (service, said) = over_grpc(partial.clone(), gzip);
        assert_eq!(service.requests(), 1, "{said:?}");
        said.assert(LOST, &format!("gRPC code: {code}: a message is too large;"));
    }
}

/// Sends a span to a gRPC collector that gives this response.
fn over_grpc(partial: ExportTracePartialSuccess, gzip: bool) -> (Scripted, Said) {
    let service = Scripted {
        partial: Some(partial),
        ..Scripted::default()
    };
    let collector = serve_grpc(service.clone(), None);
    let compression = if gzip { "gzip" } else { "none" };
    let compression = ("OTEL_EXPORTER_OTLP_COMPRESSION", compression);
    let said = flush("grpc", collector, &[compression]);
    (service, said)
}

/// Only the status, and the delay that is asked for, decide.
#[test]
fn the_size_of_an_error_does_not_matter() {
    let body = vec![b'x'; LARGEST + 1024 * 1024];
    let length = body.len();
    let head = format!("HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: {length}");
    let endless = "HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nTransfer-Encoding: chunked";
    for busy in [http(&head, &body), http(endless, b"1\r\nx\r\n")] {
        let (collector, requests) = scripted(vec![busy, ok(b"")]);
        flush("http/protobuf", collector, &[]).assert(EXPORTED, "");
        assert_eq!(requests.lock().expect("no panic").len(), 2);
    }
    let bad = format!("HTTP/1.1 400 Bad Request\r\nContent-Length: {length}");
    once_over_http(http(&bad, &body)).assert(LOST, "status code: 400;");
}

/// Whether spans were rejected is not known.
#[test]
fn a_success_that_is_cut_off_is_a_success() {
    let cut = "traced: the response of ENDPOINT could not be read: ";
    for answer in [
        http("HTTP/1.1 200 OK\r\nContent-Length: 100", b"half"),
        http(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked",
            b"4\r\nhalf\r\n",
        ),
        http("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", b"nonsense"),
    ] {
        once_over_http(answer).assert(EXPORTED, cut);
    }
}

#[test]
fn a_success_that_stalls_is_a_success_at_the_time_limit() {
    let cut = "traced: the response of ENDPOINT could not be read: timed out; ";
    for answer in [
        http("HTTP/1.1 200 OK\r\nContent-Length: 100", b"half"),
        http(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked",
            b"4\r\nhalf\r\n",
        ),
    ] {
        let (collector, requests) = stalling(answer);
        flush(
            "http/protobuf",
            collector,
            &[("OTEL_EXPORTER_OTLP_TIMEOUT", "1000")],
        )
        .assert(EXPORTED, cut);
        assert_eq!(requests.lock().expect("no panic").len(), 1);
    }
}
