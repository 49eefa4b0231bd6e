//! What is in stock: an HTTP service.

use std::io;

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use axum::{Json, Router};
use traced::traced;

use crate::service::{answered, serve};

pub(crate) async fn run() -> io::Result<()> {
    serve(Router::new().route("/stock/{sku}", get(stock))).await
}

#[traced("GET /stock/{sku}", kind = server, parent = headers, attributes(
    http.request.method = "GET",
    http.route = "/stock/{sku}",
    sku,
))]
async fn stock(headers: HeaderMap, Path(sku): Path<String>) -> Json<u32> {
    answered(StatusCode::OK);
    Json(if sku == "monitor" { 1 } else { 100 })
}
