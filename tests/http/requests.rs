//! Tests of names, attributes and statuses.

use axum::Router;
use axum::extract::Path;
use axum::http::{Method, StatusCode};
use axum::routing::{any, get};
use traced::traced;

use crate::{client, trace};

fn orders() -> Router {
    Router::new()
        .route("/orders/{id}", get(order))
        .route("/any", any(|| async {}))
}

#[traced(attributes(id))]
async fn order(Path(id): Path<u64>) -> Result<String, StatusCode> {
    match id {
        7 => Ok("paid".to_owned()),
        13 => Err(StatusCode::INTERNAL_SERVER_ERROR),
        _ => Err(StatusCode::NOT_FOUND),
    }
}

#[traced]
async fn ask(url: String) -> String {
    let answer = client().get(url).send().await.expect("an answer");
    answer.text().await.expect("a body")
}

#[tokio::test]
async fn a_request_is_one_trace() {
    let trace = trace(orders(), async |address, _| {
        let url = format!("http://user:secret@{address}/orders/7?token=secret#there");
        assert_eq!(ask(url).await, "paid");
    });
    assert_eq!(
        trace.await,
        r#"
ask
  GET [client] {http.request.method="GET", url.full="http://127.0.0.1:PORT/orders/7", server.address="127.0.0.1", server.port=PORT, http.response.status_code=200}
    GET /orders/{id} [server] (remote parent) {http.request.method="GET", http.route="/orders/{id}", url.path="/orders/7", url.scheme="http", network.protocol.version="1.1", server.address="127.0.0.1", server.port=PORT, http.response.status_code=200}
      order {id=7}
"#
    );
}

#[tokio::test]
async fn a_5xx_is_an_error_of_both_and_a_4xx_of_the_client() {
    let trace = trace(orders(), async |address, _| {
        for id in [13, 14] {
            let url = format!("http://{address}/orders/{id}");
            client().get(url).send().await.expect("an answer");
        }
    });
    let trace = trace.await;
    let heads: Vec<&str> = trace.lines().filter(|line| line.contains("GET")).collect();
    let of_server = r#"url.scheme="http", network.protocol.version="1.1", server.address="127.0.0.1", server.port=PORT"#;
    assert_eq!(
        heads.join("\n"),
        format!(
            r#"GET [client] error "" {{http.request.method="GET", url.full="http://127.0.0.1:PORT/orders/13", server.address="127.0.0.1", server.port=PORT, http.response.status_code=500, error.type="500"}}
  GET /orders/{{id}} [server] (remote parent) error "" {{http.request.method="GET", http.route="/orders/{{id}}", url.path="/orders/13", {of_server}, http.response.status_code=500, error.type="500"}}
GET [client] error "" {{http.request.method="GET", url.full="http://127.0.0.1:PORT/orders/14", server.address="127.0.0.1", server.port=PORT, http.response.status_code=404, error.type="404"}}
  GET /orders/{{id}} [server] (remote parent) {{http.request.method="GET", http.route="/orders/{{id}}", url.path="/orders/14", {of_server}, http.response.status_code=404}}"#
        )
    );
}

#[tokio::test]
async fn a_path_without_a_route_and_a_method_of_ones_own_have_names_of_which_there_are_few() {
    let trace = trace(orders(), async |address, _| {
        let nowhere = format!("http://{address}/nowhere/4711");
        client().get(nowhere).send().await.expect("an answer");
        let brew = Method::from_bytes(b"BREW").expect("a method");
        let any = format!("http://{address}/any");
        client().request(brew, any).send().await.expect("an answer");
    });
    let trace = trace.await;
    let names: Vec<&str> = trace
        .lines()
        .filter_map(|line| line.split(" {").next())
        .collect();
    assert_eq!(
        names,
        [
            "",
            "GET [client] error \"\"",
            "  GET [server] (remote parent)",
            "HTTP [client]",
            "  HTTP /any [server] (remote parent)",
        ]
    );
    assert!(trace.contains(r#"http.request.method="_OTHER", http.request.method_original="BREW""#));
}

#[tokio::test]
async fn the_answer_is_the_one_of_reqwest() {
    trace(orders(), async |address, _| {
        let url = format!("http://{address}/orders/7");
        let answer = client().get(&url).send().await.expect("an answer");
        assert_eq!(answer.url().as_str(), url);
        assert_eq!(answer.content_length(), Some(4));
        assert_eq!(answer.remote_addr(), Some(address));
    })
    .await;
}

#[tokio::test]
async fn a_user_agent_is_recorded_however_it_is() {
    let trace = trace(orders(), async |address, _| {
        let get = client().get(format!("http://{address}/any"));
        get.header("user-agent", "tests/1")
            .send()
            .await
            .expect("an answer");
    });
    assert!(trace.await.contains(r#"user_agent.original="tests/1""#));
}
