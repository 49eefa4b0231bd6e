//! A collector for the traces of other processes: OTLP over HTTP, kept in memory.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::ResourceSpans;
use prost::Message;
use tokio::net::TcpListener;

#[derive(Clone, Default)]
struct Got(Arc<Mutex<Vec<ResourceSpans>>>);

/// A collector that listens on loopback for as long as the runtime lives.
pub(crate) struct Collector {
    /// The value for `OTEL_EXPORTER_OTLP_ENDPOINT`.
    pub(crate) endpoint: String,
    got: Got,
}

impl Collector {
    pub(crate) async fn start() -> io::Result<Collector> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let got = Got::default();
        let router = Router::new()
            .route("/v1/traces", post(keep))
            .with_state(got.clone());
        tokio::spawn(async { axum::serve(listener, router).await });
        Ok(Collector { endpoint, got })
    }

    /// Returns the spans received so far.
    pub(crate) fn got(&self) -> Vec<ResourceSpans> {
        let got = self.got.0.lock().unwrap_or_else(PoisonError::into_inner);
        got.clone()
    }
}

async fn keep(State(got): State<Got>, body: Bytes) -> StatusCode {
    let Ok(request) = ExportTraceServiceRequest::decode(body) else {
        return StatusCode::BAD_REQUEST;
    };
    let mut got = got.0.lock().unwrap_or_else(PoisonError::into_inner);
    got.extend(request.resource_spans);
    StatusCode::OK
}
