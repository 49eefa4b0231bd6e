//! What is in stock: an HTTP service with a database, which speaks through libraries that trace in ways of their own.

use std::error::Error;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{Row, SqlitePool};
use tower_http::trace::{DefaultMakeSpan, TraceLayer};
use traced::traced;
use tracing::Level;

use crate::service::serve;

const STOCK: &str = "SELECT count FROM stock WHERE sku = ?";

/// Its spans, from the outermost in: traced's of the request, tower-http's, the handler's, the query's.
pub(crate) async fn run() -> Result<(), Box<dyn Error>> {
    let span = DefaultMakeSpan::new().level(Level::INFO);
    let router = Router::new()
        .route("/stock/{sku}", get(stock_of))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .layer(traced::tower::server())
        .with_state(stock().await?);
    Ok(serve(router).await?)
}

/// The stock, in memory.
async fn stock() -> sqlx::Result<SqlitePool> {
    // Each connection would have a database of its own.
    let options = SqlitePoolOptions::new().max_connections(1);
    let pool = options.connect("sqlite::memory:").await?;
    sqlx::raw_sql(
        "CREATE TABLE stock (sku TEXT, count INTEGER);
         INSERT INTO stock VALUES ('keyboard', 100), ('mouse', 100), ('monitor', 1), ('cable', 100)",
    )
    .execute(&pool)
    .await?;
    Ok(pool)
}

#[traced(attributes(sku))]
async fn stock_of(
    State(stock): State<SqlitePool>,
    Path(sku): Path<String>,
) -> Result<Json<u32>, StatusCode> {
    let count = select_count(&stock, &sku).await;
    let count = count.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(Json(count.unwrap_or_default()))
}

/// A query by the semantic conventions for databases; its text has no values in it.
#[traced("SELECT stock", kind = client, attributes(
    db.system.name = "sqlite",
    db.operation.name = "SELECT",
    db.collection.name = "stock",
    db.query.text = STOCK,
))]
async fn select_count(stock: &SqlitePool, sku: &str) -> sqlx::Result<Option<u32>> {
    let row = sqlx::query(STOCK).bind(sku).fetch_optional(stock).await?;
    row.map(|row| row.try_get("count")).transpose()
}
