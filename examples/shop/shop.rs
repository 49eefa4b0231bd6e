//! A service over HTTP with a database, and its client. Each speaks through libraries that trace in ways of their own.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use sqlx::{Row, SqlitePool};
use tower_http::trace::{DefaultMakeSpan, TraceLayer};
use traced::traced;
use tracing::Level;

const STOCK: &str = "SELECT count FROM stock WHERE sku = ?";

/// The stock, in memory.
pub(crate) async fn stock() -> sqlx::Result<SqlitePool> {
    // Each connection would have a database of its own.
    let options = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1);
    let pool = options.connect("sqlite::memory:").await?;
    sqlx::raw_sql(
        "CREATE TABLE stock (sku TEXT, count INTEGER); INSERT INTO stock VALUES ('mouse', 3)",
    )
    .execute(&pool)
    .await?;
    Ok(pool)
}

/// The service. Its spans, from the outermost in: traced's of the request, tower-http's, the handler's, the query's.
pub(crate) fn service(stock: SqlitePool) -> Router {
    let span = DefaultMakeSpan::new().level(Level::INFO);
    Router::new()
        .route("/stock/{sku}", get(stock_of))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .layer(traced::tower::server())
        .with_state(stock)
}

#[traced]
async fn stock_of(
    State(stock): State<SqlitePool>,
    Path(sku): Path<String>,
) -> Result<String, StatusCode> {
    match select_count(&stock, &sku).await {
        Ok(Some(count)) => Ok(count.to_string()),
        Ok(None) => Err(StatusCode::NOT_FOUND),
        Err(_) => Err(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

/// A query by the semantic conventions for databases; its text has no values in it.
#[traced("SELECT stock", kind = client, attributes(
    db.system.name = "sqlite",
    db.operation.name = "SELECT",
    db.collection.name = "stock",
    db.query.text = STOCK,
))]
async fn select_count(stock: &SqlitePool, sku: &str) -> sqlx::Result<Option<i64>> {
    let row = sqlx::query(STOCK).bind(sku).fetch_optional(stock).await?;
    row.map(|row| row.try_get("count")).transpose()
}

/// A client whose requests go on with the trace.
pub(crate) fn client() -> ClientWithMiddleware {
    ClientBuilder::new(reqwest::Client::new())
        .with(traced::reqwest::Client)
        .build()
}

/// How many there are.
#[traced(attributes(sku), ret)]
pub(crate) async fn available(
    client: &ClientWithMiddleware,
    shop: &str,
    sku: &str,
) -> reqwest_middleware::Result<String> {
    let answer = client.get(format!("{shop}/stock/{sku}")).send().await?;
    tracing::info!(status = answer.status().as_u16(), "asked");
    Ok(answer.text().await?)
}
