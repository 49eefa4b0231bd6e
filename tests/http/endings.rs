//! Requests that do not end as they should.

use std::future;
use std::net::SocketAddr;

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;
use traced::testing::Capture;

use crate::{client, trace, until};

async fn never() {
    future::pending::<()>().await;
}

async fn panics() {
    panic!("no such order");
}

#[tokio::test]
async fn a_request_that_is_given_up_is_cancelled_at_both_ends() {
    let router = Router::new().route("/never", get(never));
    let trace = trace(router, async |address: SocketAddr, capture: &Capture| {
        let answer = client().get(format!("http://{address}/never")).send();
        tokio::select! {
            _ = answer => panic!("an answer"),
            () = until(capture, |tree| tree.contains("not ended: GET /never")) => {}
        }
    });
    let trace = trace.await;
    assert_eq!(trace.matches("traced.cancelled=true").count(), 2, "{trace}");
    assert_eq!(trace.matches(" error ").count(), 0, "{trace}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_an_error() {
    let capture = Capture::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let answer = client().get(format!("http://{address}/")).send();
    capture.run_async(answer).await.expect_err("no answer");
    let tree = capture.tree();
    assert!(
        tree.starts_with("\nGET [client] error \"error sending request"),
        "{tree}"
    );
    assert!(
        tree.contains(r#"error.type="reqwest_middleware::error::Error""#),
        "{tree}"
    );
    assert!(tree.contains("caused by: client error (Connect)"), "{tree}");
}

#[tokio::test]
async fn a_handler_that_panics_is_an_error_of_the_server() {
    let router = Router::new().route("/panics", get(panics));
    let trace = trace(router, async |address: SocketAddr, _: &Capture| {
        let answer = client().get(format!("http://{address}/panics")).send();
        answer.await.expect_err("no answer");
    });
    let trace = trace.await;
    let server = r#"GET /panics [server] (remote parent) error "no such order""#;
    assert!(trace.contains(server), "{trace}");
    assert!(
        trace
            .contains(r#"! exception {exception.type="panic", exception.message="no such order"}"#)
    );
}
