//! Tests `sqlx` with a real server. `tests/backends/run postgres` starts it.

use sqlx::error::DatabaseError;
use sqlx::{Connection, PgConnection, Row};
use traced::testing::Capture;
use traced::traced;
use traced::tracing::{events, spans};
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry;

const SELECT: &str = "SELECT total FROM orders WHERE id = $1 AND card = $2";

#[traced("SELECT orders", kind = client, attributes(
    db.system.name = "postgresql",
    db.operation.name = "SELECT",
    db.collection.name = "orders",
    db.query.text = SELECT,
), error_type = code)]
async fn total(connection: &mut PgConnection, id: i64, card: &str) -> sqlx::Result<i64> {
    let query = sqlx::query(SELECT).bind(id).bind(card);
    query.fetch_one(connection).await?.try_get("total")
}

/// Returns the database's code, which by the conventions is the type of an error.
fn code(error: &sqlx::Error) -> String {
    let code = error.as_database_error().and_then(DatabaseError::code);
    code.map_or_else(|| "_OTHER".to_owned(), Into::into)
}

async fn connect() -> PgConnection {
    let url = std::env::var("POSTGRES_URL").expect("tests/backends/run names the server");
    PgConnection::connect(&url).await.expect("a connection")
}

#[tokio::test]
async fn a_query_has_sqlxs_own_event_and_none_of_its_parameters() {
    let mut connection = connect().await;
    let create = "CREATE TEMPORARY TABLE orders AS SELECT 7::bigint AS id, 'secret' AS card, 49::bigint AS total";
    sqlx::query(create)
        .execute(&mut connection)
        .await
        .expect("a table");
    let capture = Capture::new();
    let _layers = tracing::subscriber::set_default(registry().with(spans()).with(events()));
    let total = capture.run_async(total(&mut connection, 7, "secret")).await;
    assert_eq!(total.expect("an order"), 49);
    let tree = capture.tree();
    let span = r#"
SELECT orders [client] {db.system.name="postgresql", db.operation.name="SELECT", db.collection.name="orders", db.query.text="SELECT total FROM orders WHERE id = $1 AND card = $2"}
"#;
    assert!(tree.starts_with(span), "{tree}");
    assert!(tree.contains(r#"target="sqlx::query""#), "{tree}");
    assert!(!tree.contains("secret"), "{tree}");
}

#[tokio::test]
async fn an_error_of_the_database_has_its_code() {
    let mut connection = connect().await;
    let capture = Capture::new();
    let total = capture.run_async(total(&mut connection, 7, "secret")).await;
    total.expect_err("no such table");
    let tree = capture.tree();
    assert!(tree.contains(r#"error.type="42P01""#), "{tree}");
    assert!(!tree.contains("secret"), "{tree}");
}
