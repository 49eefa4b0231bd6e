//! The inventory: an HTTP service with a database, whose libraries trace in their own ways.

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

/// Runs the service. A request has these spans, the outermost first: that of `traced::tower`, that
/// of tower-http, that of the handler, and that of the query.
pub(crate) async fn run() -> Result<(), Box<dyn Error>> {
    let span = DefaultMakeSpan::new().level(Level::INFO);
    let router = Router::new()
        .route("/stock/{sku}", get(stock_of))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .layer(traced::tower::server())
        .with_state(stock().await?);
    Ok(serve(router).await?)
}

/// Creates the stock, in memory.
async fn stock() -> sqlx::Result<SqlitePool> {
    // Each connection would have its own database.
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

/// Queries the stock, with the attributes of the semantic conventions for databases. The text of
/// the query contains no values.
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
