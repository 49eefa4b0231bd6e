//! The example's trace: spans of tower-http, sqlx and reqwest in their places.

#[path = "../shop/shop.rs"]
mod shop;

use axum::middleware::{self, Next};
use shop::{available, client, service, stock};
use tokio::net::TcpListener;
use traced::testing::Capture;
use traced::tracing::{events, spans};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry;

async fn trace(sku: &str) -> String {
    let capture = Capture::new();
    let layers = registry()
        .with(LevelFilter::INFO)
        .with(spans())
        .with(events());
    let _layers = tracing::subscriber::set_default(layers);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let inside = capture.clone();
    let service = service(stock().await.expect("a database"));
    let service = service.layer(middleware::from_fn(move |request, next: Next| {
        let inside = inside.clone();
        async move { inside.run_async(next.run(request)).await }
    }));
    let server = tokio::spawn(async { axum::serve(listener, service).await });
    let client = client();
    let shop = format!("http://{address}");
    let asked = available(&client, &shop, sku);
    capture.run_async(asked).await.expect("an answer");
    while capture.tree().contains("not ended") {
        tokio::task::yield_now().await;
    }
    server.abort();
    capture.tree().replace(&address.port().to_string(), "PORT")
}

#[tokio::test]
async fn one_trace_has_the_libraries_spans_in_their_places() {
    assert_eq!(
        trace("mouse").await,
        r#"
available {sku="mouse", return="3"}
  ! asked {level="INFO", target="shop_traces::shop", status=200}
  GET [client] {http.request.method="GET", url.full="http://127.0.0.1:PORT/stock/mouse", server.address="127.0.0.1", server.port=PORT, http.response.status_code=200}
    GET /stock/{sku} [server] (remote parent) {http.request.method="GET", http.route="/stock/{sku}", url.path="/stock/mouse", url.scheme="http", network.protocol.version="1.1", server.address="127.0.0.1", server.port=PORT, http.response.status_code=200}
      request {target="tower_http::trace::make_span", method="GET", uri="/stock/mouse", version="HTTP/1.1"}
        stock_of
          SELECT stock [client] {db.system.name="sqlite", db.operation.name="SELECT", db.collection.name="stock", db.query.text="SELECT count FROM stock WHERE sku = ?"}
"#
    );
}

#[tokio::test]
async fn what_is_asked_for_is_nowhere_among_the_querys_attributes() {
    let tree = trace("unicorn").await;
    let query = tree.lines().find(|line| line.contains("SELECT"));
    assert!(!query.expect("a query").contains("unicorn"), "{tree}");
}
