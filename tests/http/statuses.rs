//! Tests of the gRPC status if the response does not carry one.

use std::convert::Infallible;

use axum::body::{Body, to_bytes};
use axum::http::{Request, Response};
use tower::{Layer, Service, ServiceExt, service_fn};
use traced::testing::Capture;

const GRPC: &str = "application/grpc";

/// A response with this HTTP status, content type, `grpc-status` and body.
#[derive(Clone, Copy)]
struct Answer(u16, &'static str, Option<&'static str>, &'static str);

impl Answer {
    fn response(self) -> Response<Body> {
        let answer = Response::builder()
            .status(self.0)
            .header("content-type", self.1);
        let answer = self.2.into_iter().fold(answer, |answer, status| {
            answer.header("grpc-status", status)
        });
        answer.body(Body::from(self.3)).expect("an answer")
    }
}

/// Calls `layer` over a service that gives these responses, reads them to their ends, and returns a
/// line for each span.
async fn spans<L, S>(layer: L, answers: &[Answer]) -> String
where
    L: Layer<tower::util::BoxCloneService<Request<Body>, Response<Body>, Infallible>, Service = S>,
    S: Service<Request<Body>, Response = Response<traced::tower::Body<Body>>, Error = Infallible>,
{
    let capture = Capture::new();
    let mut left = answers.iter().copied();
    let (sender, receiver) = std::sync::mpsc::channel();
    let receiver = std::sync::Arc::new(std::sync::Mutex::new(receiver));
    left.by_ref()
        .for_each(|answer| sender.send(answer).expect("a receiver"));
    let service = service_fn(move |_: Request<Body>| {
        let answer = receiver.lock().unwrap().recv().expect("an answer");
        async move { Ok(answer.response()) }
    });
    let mut service = layer.layer(service.boxed_clone());
    let calls = async {
        for _ in answers {
            let request = Request::post("http://h/pkg.Service/Method").header("content-type", GRPC);
            let request = request.body(Body::empty()).expect("a request");
            let answer = service.ready().await.unwrap().call(request).await.unwrap();
            let body = to_bytes(Body::new(answer.into_body()), usize::MAX).await;
            body.expect("a body");
        }
    };
    capture.run_async(calls).await;
    capture.tree().to_string()
}

/// Returns what a client's span says about a response.
async fn client(answer: Answer) -> String {
    let span = spans(traced::tower::client(), &[answer]).await;
    let (head, status) = span
        .split_once("rpc.response.status_code=")
        .expect("a status");
    let is_error = head.contains("[client] error ");
    format!("{} {status}", if is_error { "error" } else { "ok" })
}

#[tokio::test]
async fn a_client_takes_it_from_that_of_http() {
    for (status, name) in [
        (400, "INTERNAL"),
        (401, "UNAUTHENTICATED"),
        (403, "PERMISSION_DENIED"),
        (404, "UNIMPLEMENTED"),
        (429, "UNAVAILABLE"),
        (500, "UNKNOWN"),
        (502, "UNAVAILABLE"),
        (503, "UNAVAILABLE"),
        (504, "UNAVAILABLE"),
        (302, "UNKNOWN"),
        (200, "UNKNOWN"),
    ] {
        for kind in [GRPC, "text/html"] {
            for body in ["", "cut"] {
                let span = client(Answer(status, kind, None, body)).await;
                assert_eq!(span, format!("error \"{name}\", error.type=\"{name}\"}}\n"));
            }
        }
    }
}

#[tokio::test]
async fn what_grpc_says_holds_whatever_http_says() {
    assert_eq!(
        client(Answer(503, "text/plain", Some("0"), "")).await,
        "ok \"OK\"}\n"
    );
    assert_eq!(
        client(Answer(200, GRPC, Some("5"), "")).await,
        "error \"NOT_FOUND\", error.type=\"NOT_FOUND\"}\n"
    );
}

#[tokio::test]
async fn a_server_without_one_has_failed_where_that_is_its_own_fault() {
    let answers = [
        Answer(200, GRPC, Some("0"), ""),
        Answer(500, "text/plain", None, "oh"),
        Answer(403, "text/plain", None, ""),
        Answer(200, GRPC, None, "cut"),
    ];
    let spans = spans(traced::tower::server(), &answers).await;
    let lines: Vec<&str> = spans.lines().filter(|line| !line.is_empty()).collect();
    let named = r#"{rpc.system.name="grpc", rpc.method="pkg.Service/Method", server.address="h", server.port=80"#;
    let failed = format!(
        r#"pkg.Service/Method [server] error "" {named}, rpc.response.status_code="UNKNOWN", error.type="UNKNOWN"}}"#
    );
    assert_eq!(
        lines[1..],
        [
            &failed,
            &format!(
                r#"pkg.Service/Method [server] {named}, rpc.response.status_code="PERMISSION_DENIED"}}"#
            ),
            &failed,
        ]
    );
}

#[tokio::test]
async fn an_answer_whose_rest_a_client_leaves_unread_has_none() {
    let capture = Capture::new();
    let service = service_fn(|_: Request<Body>| async {
        Ok::<_, Infallible>(Answer(200, GRPC, None, "more").response())
    });
    let service = traced::tower::client().layer(service);
    let request = Request::post("http://h/pkg.Service/Method").header("content-type", GRPC);
    let call = service.oneshot(request.body(Body::empty()).expect("a request"));
    drop(capture.run_async(call).await);
    assert_eq!(
        capture.tree(),
        r#"
pkg.Service/Method [client] {rpc.system.name="grpc", rpc.method="pkg.Service/Method", server.address="h", server.port=80}
"#
    );
}
