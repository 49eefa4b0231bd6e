//! Tests `traced::mongodb` with a real server. `tests/backends/run mongodb` starts it.

use std::future::{IntoFuture, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use mongodb::bson::doc;
use mongodb::bson::oid::ObjectId;
use mongodb::error::Result;
use mongodb::options::ClientOptions;
use mongodb::{Client, Collection};
use traced::testing::Capture;
use traced::traced;

/// Returns a collection of the server, in a database that is empty.
async fn orders() -> Collection<mongodb::bson::Document> {
    let url = std::env::var("MONGODB_URL").expect("tests/backends/run names the server");
    let mut options = ClientOptions::parse(url).await.expect("a URL");
    traced::mongodb::trace(&mut options);
    let client = Client::with_options(options).expect("a client");
    let database = client.database(&format!("traced_{}", ObjectId::new()));
    database.collection("orders")
}

#[traced]
async fn place(orders: &Collection<mongodb::bson::Document>) -> Result<()> {
    orders
        .insert_one(doc! { "_id": "secret-1", "card": "secret-4111" })
        .await?;
    let found = orders.find_one(doc! { "card": "secret-4111" }).await?;
    assert!(found.is_some());
    Ok(())
}

/// Returns the trace without what differs from run to run.
fn plain(capture: &Capture, orders: &Collection<mongodb::bson::Document>) -> String {
    let url = std::env::var("MONGODB_URL").expect("the server");
    let (_, port) = url.rsplit_once(':').expect("a port");
    let tree = capture.tree().replace(port, "PORT");
    tree.replace(&orders.namespace().db, "DB")
}

#[tokio::test]
async fn each_command_is_a_span_below_its_caller() {
    let capture = Capture::new();
    let orders = orders().await;
    capture.run_async(place(&orders)).await.expect("an order");
    assert_eq!(
        plain(&capture, &orders),
        r#"
place
  insert orders [client] {db.system.name="mongodb", db.namespace="DB", db.operation.name="insert", db.collection.name="orders", server.address="127.0.0.1", server.port=PORT}
  find orders [client] {db.system.name="mongodb", db.namespace="DB", db.operation.name="find", db.collection.name="orders", server.address="127.0.0.1", server.port=PORT}
"#
    );
}

#[tokio::test]
async fn failures_have_their_code_and_no_value_of_a_document() {
    let capture = Capture::new();
    let orders = orders().await;
    capture
        .run_async(async {
            orders
                .insert_one(doc! { "_id": "secret-1" })
                .await
                .expect("the first");
            orders
                .insert_one(doc! { "_id": "secret-1" })
                .await
                .expect_err("a second");
            let bad = doc! { "card": { "$secret": 1 } };
            orders.find_one(bad).await.expect_err("no such operator");
        })
        .await;
    let tree = plain(&capture, &orders);
    let codes: Vec<_> = tree
        .lines()
        .filter_map(|line| line.split_once("status_code="))
        .collect();
    assert!(
        codes[0].0.starts_with("insert orders [client] error"),
        "{tree}"
    );
    assert!(codes[0].1.starts_with(r#""11000""#), "{tree}");
    assert!(
        codes[1].0.starts_with("find orders [client] error"),
        "{tree}"
    );
    assert_eq!(codes.len(), 2, "{tree}");
    assert!(!tree.contains("secret"), "{tree}");
}

#[tokio::test]
async fn a_cursor_names_its_collection() {
    let capture = Capture::new();
    let orders = orders().await;
    let many = (0..5).map(|number| doc! { "number": number });
    orders.insert_many(many).await.expect("five");
    capture
        .run_async(async {
            let mut cursor = orders.find(doc! {}).batch_size(2).await.expect("a cursor");
            while cursor.advance().await.expect("a batch") {}
        })
        .await;
    let tree = plain(&capture, &orders);
    assert!(tree.contains("\ngetMore orders [client] {"), "{tree}");
}

#[tokio::test]
async fn a_command_whose_future_is_dropped_is_cancelled_at_once() {
    let capture = Capture::new();
    let orders = orders().await;
    orders.insert_one(doc! {}).await.expect("a connection");
    capture
        .run_async(sent(orders.find_one(doc! {}), &capture))
        .await;
    let ended = async {
        while capture.tree().contains("not ended") {
            tokio::task::yield_now().await;
        }
    };
    let ended = tokio::time::timeout(Duration::from_secs(10), ended).await;
    let tree = plain(&capture, &orders);
    assert!(
        ended.is_ok() && tree.contains("traced.cancelled=true"),
        "{tree}"
    );
}

/// Waits until the command is sent, and drops its future.
async fn sent(command: impl IntoFuture, capture: &Capture) {
    let mut command = pin!(command.into_future());
    poll_fn(|task| {
        assert!(command.as_mut().poll(task).is_pending(), "answered at once");
        if capture.tree().contains("not ended") {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}
