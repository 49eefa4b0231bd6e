//! Tests that a caller cannot choose names.

use std::convert::Infallible;
use std::future;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::TraceServiceServer;
use tonic::service::Routes;
use tower::{Layer, Service, service_fn};
use traced::testing::Capture;

use crate::grpc::Service as TraceService;
use crate::trace;

/// Returns the trace of a `POST` with this content type to this path, without the attributes that
/// all of these requests have.
async fn posted(router: Router, path: &str, kind: &str) -> String {
    let trace = trace(router, async |address, _| {
        let url = format!("http://{address}{path}");
        let request = reqwest::Client::new()
            .post(url)
            .header("content-type", kind);
        request.send().await.expect("an answer");
    });
    let common = r#"url.scheme="http", network.protocol.version="1.1", "#;
    trace.await.replace(common, "")
}

fn plain() -> Router {
    Router::new().route("/orders/{id}", post(|| async {}))
}

#[tokio::test]
async fn a_service_that_does_not_speak_grpc_names_its_spans_as_for_any_request() {
    let long = format!("/{}", "x".repeat(5_012));
    for path in ["/pkg.Service/Method", &long, "/"] {
        let trace = posted(plain(), path, "application/grpc+proto").await;
        assert_eq!(
            trace,
            format!(
                r#"
POST [server] {{server.address="127.0.0.1", server.port=PORT, http.request.method="POST", url.path="{path}", http.response.status_code=404}}
"#
            )
        );
    }
    assert_eq!(
        posted(plain(), "/orders/7", "application/grpc").await,
        r#"
POST /orders/{id} [server] {server.address="127.0.0.1", server.port=PORT, http.request.method="POST", http.route="/orders/{id}", url.path="/orders/7", http.response.status_code=200}
"#
    );
}

#[tokio::test]
async fn a_method_that_a_grpc_service_does_not_have_names_no_span() {
    let service = "/opentelemetry.proto.collector.trace.v1.TraceService";
    for path in [
        &*format!("{service}/Nope"),
        "/x/y",
        "/a",
        &format!("{service}/{}", "x".repeat(999)),
    ] {
        let router = Routes::new(TraceServiceServer::new(TraceService(None))).into_axum_router();
        let trace = posted(router, path, "application/grpc").await;
        let original = &path[1..path.len().min(256)];
        assert_eq!(
            trace,
            format!(
                r#"
grpc [server] error "" {{server.address="127.0.0.1", server.port=PORT, rpc.system.name="grpc", rpc.method="_OTHER", rpc.method_original="{original}", rpc.response.status_code="UNIMPLEMENTED", error.type="UNIMPLEMENTED"}}
"#
            )
        );
    }
}

#[tokio::test]
async fn grpc_web_is_http() {
    let trace = posted(plain(), "/pkg.Service/Method", "application/grpc-web+proto").await;
    assert!(
        trace.starts_with("\nPOST [server] {http.request.method"),
        "{trace}"
    );
}

#[tokio::test]
async fn a_route_is_cut() {
    let route: &'static str = format!("/{}", "x".repeat(999)).leak();
    let router = Router::new().route(route, post(|| async {}));
    let trace = posted(router, route, "text/plain").await;
    let named = format!("\nPOST {} [server]", &route[..250]);
    assert!(trace.starts_with(&named), "{trace}");
    let attribute = format!(r#"http.route="{}""#, &route[..255]);
    assert!(trace.contains(&attribute), "{trace}");
}

/// The service responds once, and then never again.
#[tokio::test]
async fn a_method_that_was_answered_once_is_known_from_the_start() {
    let mut is_first = true;
    let service = service_fn(move |_: Request<Body>| {
        let answers = std::mem::take(&mut is_first);
        async move {
            if !answers {
                future::pending::<()>().await;
            }
            let answer = Response::builder().header("content-type", "application/grpc");
            let answer = answer.header("grpc-status", "0").body(Body::empty());
            Ok::<_, Infallible>(answer.expect("an answer"))
        }
    });
    let mut service = traced::tower::server().layer(service);
    let capture = Capture::new();
    let mut call = |path: &'static str| {
        let request = Request::post(path).header("content-type", "application/grpc");
        let request = request.body(Body::empty()).expect("a request");
        capture.run(|| service.call(request))
    };
    let answer = call("/pkg.Service/Method").await.expect("an answer");
    drop(answer);
    drop(call("/pkg.Service/Method"));
    drop(call("/pkg.Service/Other"));
    assert_eq!(
        capture.tree(),
        r#"
pkg.Service/Method [server] {rpc.system.name="grpc", rpc.method="pkg.Service/Method", rpc.response.status_code="OK"}
pkg.Service/Method [server] {rpc.system.name="grpc", rpc.method="pkg.Service/Method", traced.cancelled=true}
POST [server] {http.request.method="POST", url.path="/pkg.Service/Other", url.scheme="http", network.protocol.version="1.1", traced.cancelled=true}
"#
    );
}

#[tokio::test]
async fn a_client_that_calls_no_method_has_no_name_from_its_path() {
    let service =
        service_fn(|_: Request<Body>| async { Err::<Response<Body>, _>("nobody is there") });
    let mut service = traced::tower::client().layer(service);
    let capture = Capture::new();
    let request = Request::post(format!("http://h/{}", "x".repeat(999)));
    let request = request
        .header("content-type", "application/grpc")
        .body(Body::empty());
    let call = capture.run(|| service.call(request.expect("a request")));
    call.await.map(drop).expect_err("no answer");
    let tree = capture.tree();
    let head = format!(
        r#"grpc [client] error "nobody is there" {{rpc.system.name="grpc", rpc.method="_OTHER", rpc.method_original="{}", server.address="h", server.port=80, error.type="str"}}"#,
        "x".repeat(255)
    );
    assert!(tree.contains(&head), "{tree}");
}
