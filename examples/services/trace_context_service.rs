//! The service that W3C's conformance tests for Trace Context ask for.
//!
//! It accepts `POST` of `[{"url": …, "arguments": […]}]`, and posts each `arguments` to its `url`,
//! in a separate span with the context in the headers. It prints its traces when they end.
//!
//!     cargo run -p traced-services --bin trace_context_service -- 127.0.0.1:5000
//!
//! Then, in the folder `test` of github.com/w3c/trace-context:
//!
//!     SPEC_LEVEL=2 python test.py http://127.0.0.1:5000/test

use std::error::Error;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use reqwest::Client;
use serde::Deserialize;
use tokio::net::TcpListener;
use traced::propagation::inject;
use traced::traced;

#[derive(Deserialize)]
struct Call {
    url: String,
    arguments: serde_json::Value,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let _guard = traced::init()?;
    let address = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:5000".to_owned());
    let listener = TcpListener::bind(address).await?;
    eprintln!("listening on {}", listener.local_addr()?);
    // This does not wait for one that does not answer.
    let client = Client::builder().timeout(Duration::from_secs(5)).build()?;
    let service = Router::new().fallback(post(serve)).with_state(client);
    axum::serve(listener, service).await?;
    Ok(())
}

#[traced("POST", kind = server, parent = headers)]
async fn serve(
    headers: HeaderMap,
    State(client): State<Client>,
    Json(calls): Json<Vec<Call>>,
) -> Result<(), StatusCode> {
    for call in calls {
        let called = call_back(&client, &call).await;
        called.map_err(|_| StatusCode::BAD_GATEWAY)?;
    }
    Ok(())
}

#[traced("POST", kind = client, attributes(url.full = call.url))]
async fn call_back(client: &Client, call: &Call) -> Result<(), reqwest::Error> {
    let mut headers = HeaderMap::new();
    inject(&mut headers);
    let request = client
        .post(&call.url)
        .headers(headers)
        .json(&call.arguments);
    request.send().await?.error_for_status()?;
    Ok(())
}
