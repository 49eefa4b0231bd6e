//! Tests of the headers of Kafka's messages. They are in a separate target, since `rdkafka` builds
//! a library in C.

use opentelemetry::trace::TraceContextExt;
use rdkafka::message::{Header, Headers, OwnedHeaders};
use traced::propagation::{extract, inject};
use traced::testing::Capture;
use traced::traced;

const VALID: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

#[traced(kind = producer)]
fn send() -> OwnedHeaders {
    let mut headers = OwnedHeaders::new();
    inject(&mut headers);
    headers
}

#[traced(kind = consumer, parent = headers)]
fn receive(headers: Option<&OwnedHeaders>) {}

#[traced(kind = consumer, links = batch.iter().map(OwnedHeaders::as_borrowed))]
fn receive_batch(batch: &[OwnedHeaders]) {}

#[test]
fn a_message_is_continued_and_linked_to() {
    let capture = Capture::new();
    capture.run(|| {
        let headers = send();
        receive(Some(&headers));
        receive_batch(&[headers, OwnedHeaders::new()]);
        receive(None);
    });
    insta::assert_snapshot!(capture.tree(), @"

    send [producer]
      receive [consumer] (remote parent)
    receive_batch [consumer]
      ~ link to send
    receive [consumer]
    ");
}

fn header<'a>(key: &'a str, value: &'a [u8]) -> Header<'a, &'a [u8]> {
    Header {
        key,
        value: Some(value),
    }
}

fn is_found(headers: &OwnedHeaders) -> bool {
    extract(headers).span().span_context().is_valid()
}

#[test]
fn hostile_headers() {
    let valid = || header("TraceParent", VALID.as_bytes());
    assert!(is_found(&OwnedHeaders::new().insert(valid())));
    assert!(!is_found(
        &OwnedHeaders::new().insert(valid()).insert(valid())
    ));
    assert!(!is_found(
        &OwnedHeaders::new().insert(header("traceparent", b"\xff"))
    ));
    let empty = Header::<&[u8]> {
        key: "traceparent",
        value: None,
    };
    assert!(!is_found(&OwnedHeaders::new().insert(empty)));
}

#[test]
fn what_was_there_is_replaced() {
    let mut headers = OwnedHeaders::new()
        .insert(header("traceparent", b"old"))
        .insert(header("other", b"\xff"))
        .insert(header("Baggage", b"old=1"));
    let _guard =
        extract(&OwnedHeaders::new().insert(header("traceparent", VALID.as_bytes()))).attach();
    inject(&mut headers);
    let found: Vec<_> = headers
        .iter()
        .map(|header| (header.key, header.value.unwrap()))
        .collect();
    assert_eq!(
        found,
        [("other", &b"\xff"[..]), ("traceparent", VALID.as_bytes())]
    );
}
