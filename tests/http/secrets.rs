//! Tests that the secret parts of a URL are never recorded, however a request ends.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{Extensions, Request, Response};
use axum::response::Redirect;
use axum::routing::get;
use futures::{StreamExt, stream};
use reqwest::redirect::Policy;
use reqwest_middleware::{ClientBuilder, Middleware, Next};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tower::{Layer, ServiceExt, service_fn};
use traced::testing::Capture;
use traced::traced;

use crate::{client, trace};

/// Returns an address at which no server listens.
async fn nowhere() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    listener.local_addr().expect("an address").to_string()
}

fn assert_no_secret(trace: &str) {
    for secret in ["secret", "token", "?", "#", "@"] {
        assert!(!trace.contains(secret), "{trace}");
    }
}

#[tokio::test]
async fn a_request_that_cannot_be_sent() {
    let address = nowhere().await;
    let url = format!("http://user:secret@{address}/path?token=secret)#secret");
    let capture = Capture::new();
    let answer = capture.run_async(client().get(&url).send()).await;
    let error = answer.expect_err("no answer");
    // What the caller gets is whole.
    assert_eq!(
        error.url().and_then(|url| url.query()),
        Some("token=secret)")
    );
    let tree = capture.tree();
    let message = format!("error sending request for url (http://{address}/path)");
    let status = format!("\nGET [client] error \"{message}\" {{");
    assert!(tree.starts_with(&status), "{tree}");
    let exception =
        format!("exception.message=\"{message}\", exception.stacktrace=\"{message}\\ncaused by: ");
    assert!(tree.contains(&exception), "{tree}");
    assert_no_secret(&tree);
}

type Answer = reqwest_middleware::Result<reqwest::Response>;

#[traced]
async fn ask(url: &str) -> Answer {
    client().get(url).send().await
}

#[traced]
async fn ask_twice(url: &str) -> Answer {
    ask(url).await
}

#[tokio::test]
async fn an_error_is_still_known_for_the_same_one_level_up() {
    let url = format!("http://{}/?token=secret", nowhere().await);
    let capture = Capture::new();
    let asked = capture.run_async(ask_twice(&url)).await;
    asked.expect_err("no answer");
    let tree = capture.tree();
    assert_eq!(tree.matches("! exception").count(), 1, "{tree}");
    let status = "error \"error sending request for url (http://";
    assert_eq!(tree.matches(status).count(), 3, "{tree}");
    assert_no_secret(&tree);
}

#[traced]
async fn ask_and_tell(url: &str) -> Result<reqwest::Response, String> {
    ask(url).await.map_err(|error| format!("asked: {error}"))
}

#[traced(err = ?)]
async fn ask_and_show(url: &str) -> Answer {
    ask(url).await
}

#[traced]
async fn ask_and_record(url: &str) {
    if let Err(error) = client().get(url).send().await {
        traced::record_error(&error);
    }
}

#[tokio::test]
async fn an_error_that_passes_traced_functions_in_whatever_form() {
    let url = format!("http://user:secret@{}/?token=secret", nowhere().await);
    let capture = Capture::new();
    let asked = async {
        ask_and_tell(&url).await.expect_err("no answer");
        ask_and_show(&url).await.expect_err("no answer");
        ask_and_record(&url).await;
    };
    capture.run_async(asked).await;
    let tree = capture.tree();
    assert!(tree.contains("error \"asked: error sending"), "{tree}");
    assert!(tree.contains("error \"Reqwest(reqwest::Error"), "{tree}");
    assert!(tree.contains("ask_and_record\n  ! exception"), "{tree}");
    assert_no_secret(&tree);
}

#[tokio::test]
async fn the_url_of_a_redirect() {
    let again = async || Redirect::to("http://user:secret@localhost:1/?token=secret");
    let client = reqwest::Client::builder().redirect(Policy::custom(|attempt| attempt.error("no")));
    let client = ClientBuilder::new(client.build().expect("a client"));
    let client = client.with(traced::reqwest::Middleware).build();
    let trace = trace(Router::new().route("/", get(again)), async |address, _| {
        let answer = client.get(format!("http://{address}/")).send();
        answer.await.expect_err("no answer");
    });
    let trace = trace.await;
    assert!(
        trace.contains("error following redirect for url (http://"),
        "{trace}"
    );
    assert_no_secret(&trace);
}

#[tokio::test]
async fn a_body_that_fails() {
    let is_awaited = Arc::new(Notify::new());
    let awaited = Arc::clone(&is_awaited);
    let handler = async move || {
        let fails = async move {
            awaited.notified().await;
            Err("/?token=secret: http://user:secret@h/x?token=secret#secret.")
        };
        let parts = stream::once(async { Ok(Bytes::from("part")) });
        Body::from_stream(parts.chain(stream::once(fails)))
    };
    let router = Router::new().route("/", get(handler));
    let trace = trace(router, async |address, _| {
        let answer = client()
            .get(format!("http://{address}/?token=secret"))
            .send();
        let answer = answer.await.expect("an answer");
        is_awaited.notify_one();
        answer.bytes().await.expect_err("half a body");
    });
    let trace = trace.await;
    assert!(
        trace.contains("[server] (remote parent) error \"/?…: http://h/x.\""),
        "{trace}"
    );
    assert_no_secret(&trace.replace("/?…", ""));
}

#[derive(Debug)]
struct Refused(Option<Box<Refused>>, String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "refused {}", self.1)
    }
}

impl Error for Refused {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&**self.0.as_ref()?)
    }
}

/// A middleware that returns an error whose source contains the URL, as a whole and in parts.
struct Refuses;

#[async_trait::async_trait]
impl Middleware for Refuses {
    async fn handle(
        &self,
        request: reqwest::Request,
        _: &mut Extensions,
        _: Next<'_>,
    ) -> reqwest_middleware::Result<reqwest::Response> {
        let source = Refused(None, format!("{:?}", request.url()));
        let error = Refused(Some(Box::new(source)), request.url().to_string());
        Err(reqwest_middleware::Error::middleware(error))
    }
}

#[tokio::test]
async fn the_sources_of_an_error() {
    let client = ClientBuilder::new(reqwest::Client::new());
    let client = client
        .with(traced::reqwest::Middleware)
        .with(Refuses)
        .build();
    let capture = Capture::new();
    let answer = client.get("http://h/x?token=secret").send();
    capture.run_async(answer).await.expect_err("no answer");
    let tree = capture.tree();
    assert!(
        tree.contains(r"refused http://h/x\ncaused by: refused Url {"),
        "{tree}"
    );
    assert_no_secret(&tree);
}

/// Returns the trace of a request that ends like this, of client and server.
async fn ends(outcome: fn() -> Result<Response<Body>, String>) -> String {
    let capture = Capture::new();
    let inner = service_fn(move |_: Request<Body>| async move { outcome() });
    let service = traced::tower::server().layer(traced::tower::client().layer(inner));
    let request = Request::get("http://user:secret@h/x?token=secret").body(Body::empty());
    let inside = capture.clone();
    let call = service.oneshot(request.expect("a request"));
    // A panic ends with its task.
    drop(tokio::spawn(async move { inside.run_async(call).await }).await);
    capture.tree().to_string()
}

#[tokio::test]
async fn what_a_service_says() {
    let error = || {
        Err(
            "GET /x?token=secret of user:secret to <https://user:secret@h/x?token=secret>"
                .to_owned(),
        )
    };
    let tree = ends(error).await;
    let shown = "GET /x?… of … to <https://h/x>";
    assert_eq!(
        tree.matches(&format!("error \"{shown}\"")).count(),
        2,
        "{tree}"
    );
    assert_no_secret(&tree.replace("/x?…", ""));
}

#[tokio::test]
async fn a_panic() {
    let tree = ends(|| panic!("no such order: /x?token=secret")).await;
    assert_eq!(
        tree.matches(r#"error "no such order: /x?…""#).count(),
        2,
        "{tree}"
    );
    assert_no_secret(&tree.replace("/x?…", ""));
}

#[tokio::test]
async fn an_answer() {
    let tree = ends(|| Ok(Response::new(Body::empty()))).await;
    assert!(tree.contains(r#"url.full="http://h/x""#), "{tree}");
    assert_no_secret(&tree);
}
