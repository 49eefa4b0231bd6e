//! Tests of requests over real connections, with whole traces of client and server.

mod bodies;
mod endings;
mod grpc;
mod names;
mod proxies;
mod requests;
mod secrets;
mod statuses;
mod unsampled;

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::middleware::{self, Next};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use tokio::net::TcpListener;
use traced::testing::Capture;

/// Serves `router` until `client` has ended, which gets the address. Returns the trace of both,
/// without the port.
async fn trace(router: Router, client: impl AsyncFnOnce(SocketAddr, &Capture)) -> String {
    let capture = Capture::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let inside = capture.clone();
    let router = router
        .layer(traced::tower::server())
        .layer(middleware::from_fn(move |request, next: Next| {
            // A connection's task is in no context; the request is taken from the wire inside of the capture's.
            let inside = inside.clone();
            async move { inside.run_async(next.run(request)).await }
        }));
    let server = tokio::spawn(async { axum::serve(listener, router).await });
    capture.run_async(client(address, &capture)).await;
    until(&capture, |tree| !tree.contains("not ended")).await;
    server.abort();
    capture.tree().replace(&address.port().to_string(), "PORT")
}

/// Waits until `done` returns `true` for the trace.
async fn until(capture: &Capture, done: impl Fn(&str) -> bool) {
    while !done(&capture.tree()) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

fn client() -> ClientWithMiddleware {
    ClientBuilder::new(reqwest::Client::new())
        .with(traced::reqwest::Middleware)
        .build()
}
