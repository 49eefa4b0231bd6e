//! Tests of requests that do not end as they should.

use std::convert::Infallible;
use std::future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::{Request, Response};
use axum::routing::get;
use futures::{FutureExt, StreamExt, stream};
use http_body::Frame;
use reqwest_middleware::{ClientBuilder, Middleware, Next};
use tokio::net::TcpListener;
use tower::{Layer, Service, ServiceExt, service_fn};
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

/// The tree of a `GET` that this service answers below a server and a client, and whose body is read, inside of a panic's end.
async fn panicking<S, B>(service: S) -> String
where
    S: Service<Request<Body>, Response = Response<B>, Error = Infallible>,
    B: HttpBody<Data = Bytes, Error = axum::Error> + Send + 'static,
{
    let capture = Capture::new();
    let service = traced::tower::server().layer(traced::tower::client().layer(service));
    let exchange = async {
        let request = Request::get("http://h/").body(Body::empty());
        let answer = service.oneshot(request.expect("a request")).await;
        let body = Body::new(answer.expect("an answer").into_body());
        axum::body::to_bytes(body, usize::MAX).await
    };
    let exchange = std::panic::AssertUnwindSafe(capture.run_async(exchange));
    exchange.catch_unwind().await.expect_err("a panic");
    capture.tree().to_string()
}

fn assert_panicked(tree: &str) {
    let panicked = r#"[server] error "no such order" {"#;
    assert!(tree.contains(panicked), "{tree}");
    let panicked = r#"[client] error "no such order" {"#;
    assert!(tree.contains(panicked), "{tree}");
    assert_eq!(tree.matches(r#"error.type="panic""#).count(), 2, "{tree}");
    // Of two spans with one panic the inner has the exception.
    let exception = r#"! exception {exception.type="panic", exception.message="no such order"}"#;
    assert_eq!(tree.matches(exception).count(), 1, "{tree}");
    assert!(!tree.contains("traced.cancelled"), "{tree}");
}

#[tokio::test]
async fn a_service_that_panics_when_it_is_called_is_an_error() {
    let service = service_fn(
        |_: Request<Body>| -> future::Ready<Result<Response<Body>, _>> { panic!("no such order") },
    );
    assert_panicked(&panicking(service).await);
}

#[tokio::test]
async fn a_service_whose_future_panics_is_an_error() {
    let service = service_fn(async |_: Request<Body>| -> Result<Response<Body>, _> {
        panic!("no such order")
    });
    assert_panicked(&panicking(service).await);
}

#[tokio::test]
async fn a_body_that_panics_is_an_error() {
    let service = service_fn(async |_: Request<Body>| {
        let parts = [Some("part"), None];
        let parts =
            stream::iter(parts).map(|part| Ok::<_, Infallible>(part.expect("no such order")));
        Ok(Response::new(Body::from_stream(parts)))
    });
    assert_panicked(&panicking(service).await);
}

/// A body that panics when it is asked whether it has ended.
struct Endless;

impl HttpBody for Endless {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        panic!("no such order")
    }
}

#[tokio::test]
async fn a_body_that_panics_when_it_is_asked_for_its_end_is_an_error() {
    let service = service_fn(async |_: Request<Body>| Ok(Response::new(Endless)));
    assert_panicked(&panicking(service).await);
}

struct Panics;

#[async_trait::async_trait]
impl Middleware for Panics {
    async fn handle(
        &self,
        _: reqwest::Request,
        _: &mut axum::http::Extensions,
        _: Next<'_>,
    ) -> reqwest_middleware::Result<reqwest::Response> {
        panic!("no such order")
    }
}

#[tokio::test]
async fn a_middleware_that_panics_is_an_error() {
    let client = ClientBuilder::new(reqwest::Client::new());
    let client = client
        .with(traced::reqwest::Middleware)
        .with(Panics)
        .build();
    let capture = Capture::new();
    let answer = capture.run_async(client.get("http://h/").send());
    let answer = std::panic::AssertUnwindSafe(answer).catch_unwind().await;
    answer.map(drop).expect_err("a panic");
    let tree = capture.tree();
    assert!(
        tree.starts_with("\nGET [client] error \"no such order\" {"),
        "{tree}"
    );
    assert!(tree.contains(r#"error.type="panic""#), "{tree}");
}

#[tokio::test]
async fn the_trace_id_is_returned_to_who_wants_it() {
    let service = service_fn(async |_: Request<Body>| {
        let answer = Response::builder().header("x-trace-id", "another");
        Ok::<_, Infallible>(answer.body(Body::empty()).expect("an answer"))
    });
    let layer = traced::tower::server().with_trace_id_header("X-Trace-Id");
    let ask = async |layer: &traced::tower::ServerLayer, traceparent: Option<&str>| {
        let request = Request::get("/");
        let request = traceparent
            .into_iter()
            .fold(request, |request, line| request.header("traceparent", line));
        let call = layer
            .layer(service)
            .oneshot(request.body(Body::empty()).expect("a request"));
        let answer = call.await.expect("an answer");
        let ids = answer.headers().get_all("x-trace-id").iter();
        let ids: Vec<_> = ids
            .map(|id| id.to_str().expect("text").to_owned())
            .collect();
        ids.join(" ")
    };
    let capture = Capture::new();
    let id = capture.run_async(ask(&layer, None)).await;
    assert_eq!(id, capture.spans()[0].span_context.trace_id().to_string());
    let without = traced::tower::server();
    assert_eq!(capture.run_async(ask(&without, None)).await, "another");
    // Outside of the capture nothing is recorded.
    assert_eq!(ask(&layer, None).await, "another");
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let line = format!("00-{trace}-b7ad6b7169203331-00");
    assert_eq!(ask(&layer, Some(&line)).await, trace);
}

#[test]
#[should_panic(expected = "\"x trace id\" cannot be the name of a header")]
fn a_header_for_the_trace_id_has_a_legal_name() {
    let _ = traced::tower::server().with_trace_id_header("x trace id");
}
