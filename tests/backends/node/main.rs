//! Traces across Rust and Node.js, with OpenTelemetry's own SDK there. `tests/backends/run node` installs it.
//!
//! The customer's order goes to the gateway of the example `services`, by way of a Node.js service or not, and from there by way
//! of another to the users: customer → (Node.js →) gateway → Node.js → users.

#[path = "../../../examples/services/collector.rs"]
mod collector;
#[path = "../../../examples/services/tree.rs"]
mod tree;

use std::process::Command;

use collector::Collector;
use insta::assert_snapshot;
use reqwest::Client;
use traced_tests::services::{self, Service, archived, assert_text, without_ids};

const ORDER: &str = r#"{ "id": 7, "token": "tok-anna", "card": "4000-0000-0001", "items": [] }"#;

/// The baggage as W3C encodes it.
const BAGGAGE: &str = "tenant=s%C3%B6hne%20%26%20co%2C%20100%20%25%3D%3B";
/// The value in that baggage.
const TENANT: &str = "söhne & co, 100 %=;";

/// The service that the customer calls, which decides whether the trace is sampled.
#[derive(Clone, Copy, PartialEq)]
enum First {
    /// The gateway. The customer's baggage is sent with the order.
    Gateway,
    /// A Node.js service, which sets the baggage.
    Node,
}

/// The gateway's part of the trace.
const PAID: &str = include_str!("paid.txt");

/// The part of the trace above that, by the Node.js service that the customer calls.
const SHOP: &str = r#"  shop: POST [server] http.request.method="POST" url.scheme="http" server.address="127.0.0.1" network.peer.address="127.0.0.1" network.peer.port=… network.protocol.version="1.1" url.path="/orders" client.address="127.0.0.1" server.port=… http.response.status_code=200
    shop: POST [client] http.request.method="POST" server.address="127.0.0.1" server.port=… url.full="http://127.0.0.1:…/orders" http.response.status_code=200 network.peer.address="127.0.0.1" network.peer.port=… network.protocol.version="1.1"
"#;

const ON: &str = "parentbased_always_on";
const OFF: &str = "parentbased_always_off";

fn rust(name: &str, collector: &Collector) -> Command {
    let mut command = services::command();
    command.arg(name);
    exporting(command, collector)
}

/// Returns the command for a Node.js service that passes requests on to `upstream`.
fn node(name: &str, upstream: &str, collector: &Collector) -> Command {
    let service = std::env::var("NODE_SERVICE");
    let mut command = Command::new("node");
    command
        .arg(service.expect("NODE_SERVICE is set by tests/backends/run node"))
        .env("UPSTREAM", upstream)
        .env("TENANT", TENANT)
        .env("OTEL_SERVICE_NAME", name)
        .env("OTEL_SEMCONV_STABILITY_OPT_IN", "http");
    exporting(command, collector)
}

fn exporting(mut command: Command, collector: &Collector) -> Command {
    command
        .env("OTEL_TRACES_EXPORTER", "otlp")
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.endpoint);
    command
}

/// Returns the response to the customer and what the collector received, with this sampler of the
/// first service.
async fn ordered(first: First, sampler: &str) -> String {
    let collector = Collector::start().await.expect("a port");
    let users = Service::start(&mut rust("users", &collector));
    let mut between = node("users front", &users.address, &collector);
    let between = Service::start(&mut between);
    let payment = Service::start(&mut rust("payment", &collector));
    let mut gateway = rust("gateway", &collector);
    gateway
        .env("USERS", &between.address)
        .env("INVENTORY", "nobody, since nothing is ordered")
        .env("PAYMENT", &payment.address);
    if first == First::Gateway {
        gateway.env("OTEL_TRACES_SAMPLER", sampler);
    }
    let gateway = Service::start(&mut gateway);
    let mut services = vec![gateway, between, users, payment];
    if first == First::Node {
        let mut shop = node("shop", &services[0].address, &collector);
        let shop = Service::start(shop.env("OTEL_TRACES_SAMPLER", sampler));
        services.insert(0, shop);
    }
    let answer = place_order(&services[0].address, first).await;
    services.into_iter().for_each(Service::stop);
    let traces = tree::tree(collector.got());
    without_ids(&format!("{}\n{traces}", answer.expect("an answer")))
}

async fn place_order(address: &str, first: First) -> reqwest::Result<String> {
    let mut request = Client::new()
        .post(format!("http://{address}/orders"))
        .header("content-type", "application/json")
        .body(ORDER);
    if first == First::Gateway {
        request = request.header("baggage", BAGGAGE);
    }
    request.send().await?.text().await
}

/// Returns the expected response to the order, followed by these traces.
fn answered(traces: &str) -> String {
    let answer = r#"{"order":7,"user":{"id":"u-1","name":"Anna","tenant":"söhne & co, 100 %=;"},"receipt":"r-0001"}"#;
    format!("{answer}\n{traces}")
}

#[tokio::test(flavor = "multi_thread")]
async fn rust_calls_node() {
    let traces = format!("trace …\n{PAID}{}", archived("in_process", "gateway"));
    assert_text(&ordered(First::Gateway, ON).await, &answered(&traces));
}

#[tokio::test(flavor = "multi_thread")]
async fn node_calls_rust() {
    let below = format!("    {}\n", PAID.trim_end().replace('\n', "\n    "));
    let traces = format!(
        "trace …\n{SHOP}{below}{}",
        archived("in_process", "gateway")
    );
    assert_text(&ordered(First::Node, ON).await, &answered(&traces));
}

/// The baggage is passed on, and nothing is recorded.
#[tokio::test(flavor = "multi_thread")]
async fn what_rust_does_not_sample_node_does_not() {
    assert_text(&ordered(First::Gateway, OFF).await, &answered(""));
}

/// Only the batch is recorded, since the gateway decides on its separate trace.
#[tokio::test(flavor = "multi_thread")]
async fn what_node_does_not_sample_rust_does_not() {
    assert_snapshot!(ordered(First::Node, OFF).await, @r#"
    {"order":7,"user":{"id":"u-1","name":"Anna","tenant":"söhne & co, 100 %=;"},"receipt":"r-0001"}
    trace …
      gateway: archive example.orders [consumer] messaging.system="in_process" messaging.operation.name="archive" messaging.operation.type="process" messaging.destination.name="example.orders" messaging.batch.message_count=2
        ~ a span elsewhere of trace …
        ~ a span elsewhere of trace …
    "#);
}
