//! Tests of responses whose body streams. The span ends with the body.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use futures::stream;
use tokio::sync::mpsc;
use traced::traced;

use crate::{client, trace, until};

#[traced]
fn row(number: u8) -> Result<Vec<u8>, String> {
    match number {
        0 => Err("the table is gone".to_owned()),
        number => Ok(vec![number]),
    }
}

/// Returns a sender of rows, and a service that responds with them.
fn rows() -> (mpsc::Sender<u8>, Router) {
    let (sender, mut receiver) = mpsc::channel(1);
    let rows = stream::poll_fn(move |task| {
        let next = receiver.poll_recv(task);
        next.map(|number| number.map(row))
    });
    let body = Arc::new(Mutex::new(Some(Body::from_stream(rows))));
    let handler = async move || body.lock().unwrap().take().expect("one request");
    let router = Router::new().route("/rows", get(handler));
    (sender, router)
}

#[tokio::test]
async fn what_a_stream_does_belongs_to_the_request_and_the_span_waits_for_it() {
    let (sender, router) = rows();
    let trace = trace(router, async |address, capture| {
        let answer = client().get(format!("http://{address}/rows")).send();
        let answer = answer.await.expect("an answer");
        let tree = capture.tree();
        assert!(
            tree.contains("not ended: GET\nnot ended: GET /rows\n"),
            "{tree}"
        );
        for number in [1, 2] {
            sender.send(number).await.expect("a reader");
        }
        drop(sender);
        assert_eq!(answer.bytes().await.expect("a body")[..], [1, 2]);
    });
    assert_eq!(
        shape(&trace.await),
        "
GET [client]
  GET /rows [server] (remote parent)
    row
    row
"
    );
}

#[tokio::test]
async fn a_stream_that_fails_is_an_error_of_both() {
    let (sender, router) = rows();
    let trace = trace(router, async |address, _| {
        let answer = client().get(format!("http://{address}/rows")).send();
        let answer = answer.await.expect("an answer");
        sender.send(0).await.expect("a reader");
        answer.bytes().await.expect_err("half a body");
    });
    let trace = trace.await;
    assert!(
        trace.contains(r#"GET /rows [server] (remote parent) error "the table is gone""#),
        "{trace}"
    );
    assert!(trace.contains("GET [client] error \""), "{trace}");
}

#[tokio::test]
async fn a_stream_whose_reader_goes_away_is_cancelled_for_the_server_alone() {
    let (sender, router) = rows();
    let trace = trace(router, async |address, capture| {
        let answer = client().get(format!("http://{address}/rows")).send();
        drop(answer.await.expect("an answer"));
        // The server finds out when it writes.
        while sender.send(1).await.is_ok() {
            tokio::task::yield_now().await;
        }
        until(capture, |tree| !tree.contains("not ended")).await;
    });
    let trace = trace.await;
    let cancelled: Vec<&str> = trace
        .lines()
        .filter(|line| line.contains("traced.cancelled=true"))
        .collect();
    assert!(
        matches!(cancelled[..], [line] if line.contains("[server]")),
        "{trace}"
    );
}

#[tokio::test]
async fn a_body_that_is_never_sent_is_not_waited_for() {
    let router = Router::new().route("/text", get(|| async { "text" }));
    let trace = trace(router, async |address, _| {
        let answer = client().head(format!("http://{address}/text")).send();
        answer.await.expect("an answer");
    });
    let trace = trace.await;
    assert!(!trace.contains("cancelled"), "{trace}");
    assert_eq!(
        shape(&trace),
        "\nHEAD [client]\n  HEAD /text [server] (remote parent)\n"
    );
}

/// Returns the names and kinds alone.
fn shape(trace: &str) -> String {
    let names = trace
        .lines()
        .map(|line| line.split(" {http").next().unwrap_or_default());
    let names: Vec<&str> = names.collect();
    names.join("\n") + "\n"
}
