//! Tests of what is sent if a request's span is not recorded.

use std::convert::Infallible;

use axum::http::{Request, Response};
use opentelemetry_sdk::trace::Sampler;
use tower::{Layer, ServiceExt, service_fn};
use traced::testing::Capture;

const TRACE: &str = "00-0af7651916cd43dd8448eb211c80319c";
const SPAN: &str = "b7ad6b7169203331";

/// The last service, which responds with the `traceparent` of its caller.
async fn last(request: Request<String>) -> Result<Response<String>, Infallible> {
    let line = request.headers().get("traceparent");
    let answer = line.into_iter().fold(Response::builder(), |answer, line| {
        answer.header("traceparent", line)
    });
    Ok(answer.body(String::new()).expect("an answer"))
}

/// Returns the `traceparent` that a service sends on if the request has these `flags`.
async fn sent_on(flags: &str) -> String {
    let client = traced::tower::client().layer(service_fn(last));
    let service =
        service_fn(|request: Request<String>| client.oneshot(Request::new(request.into_body())));
    let request = Request::builder().header("traceparent", format!("{TRACE}-{SPAN}-{flags}"));
    let request = request.body(String::new()).expect("a request");
    let service = traced::tower::server().layer(service);
    let answer = service.oneshot(request).await.expect("an answer");
    let line = &answer.headers()["traceparent"];
    line.to_str().expect("text").to_owned()
}

#[tokio::test]
async fn the_random_flag_is_kept() {
    let capture = Capture::with_sampler(Sampler::AlwaysOff);
    for (flags, kept) in [("00", "00"), ("01", "00"), ("02", "02"), ("03", "02")] {
        let line = capture.run_async(sent_on(flags)).await;
        assert!(!line.contains(SPAN), "{line}");
        assert_eq!((&line[..35], &line[52..]), (TRACE, &*format!("-{kept}")));
    }
}

#[tokio::test]
async fn a_provider_that_is_shut_down_lets_the_callers_trace_through() {
    // Outside of it nothing is recorded.
    let _capture = Capture::new();
    assert_eq!(sent_on("03").await, format!("{TRACE}-{SPAN}-03"));
}
