//! Tests adaptive sampling of requests. This is alone in its process, since it sets the global
//! provider.

use std::convert::Infallible;

use axum::body::{Body, to_bytes};
use axum::http::{Request, Response};
use opentelemetry_sdk::trace::InMemorySpanExporter;
use tower::{Layer, Service, service_fn};
use traced::sdk::{AdaptiveSampling, TracerProvider};

/// Calls the method. The response has this HTTP status, and no gRPC status.
async fn call(method: &str, status: u16) {
    let service = service_fn(move |_: Request<Body>| async move {
        let answer = Response::builder().status(status);
        let answer = answer.header("content-type", "application/grpc");
        Ok::<_, Infallible>(answer.body(Body::from("cut")).expect("an answer"))
    });
    let mut service = traced::tower::client().layer(service);
    let request = Request::post(format!("http://h/pkg.Service/{method}"));
    let request = request.header("content-type", "application/grpc");
    let answer = service.call(request.body(Body::empty()).expect("a request"));
    let body = Body::new(answer.await.expect("an answer").into_body());
    to_bytes(body, usize::MAX).await.expect("a body");
}

#[tokio::test]
async fn a_call_without_a_status_is_an_error_that_is_kept() {
    let exporter = InMemorySpanExporter::default();
    let provider = TracerProvider::builder()
        .with_exporter(exporter.clone())
        .with_adaptive_sampling(AdaptiveSampling {
            base_rate: 0.0,
            ..AdaptiveSampling::default()
        })
        .build();
    traced::set_tracer_provider(provider.clone());
    call("Unavailable", 503).await;
    call("Cut", 200).await;
    let service = service_fn(async |_: Request<Body>| {
        let answer = Response::builder().header("content-type", "application/grpc");
        let answer = answer.header("grpc-status", "0").body(Body::empty());
        Ok::<_, Infallible>(answer.expect("an answer"))
    });
    let request =
        Request::post("http://h/pkg.Service/Fine").header("content-type", "application/grpc");
    let request = request.body(Body::empty()).expect("a request");
    let fine = traced::tower::client().layer(service).call(request).await;
    drop(fine.expect("an answer"));
    provider.force_flush().expect("all is exported");
    let spans = exporter.get_finished_spans().expect("spans");
    let names: Vec<_> = spans.iter().map(|span| span.name.as_ref()).collect();
    assert_eq!(names, ["pkg.Service/Unavailable", "pkg.Service/Cut"]);
}
