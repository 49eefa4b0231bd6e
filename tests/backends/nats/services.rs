//! Tests the example `services` with a real NATS server as its queue.

use std::sync::{Mutex, PoisonError};

use insta::assert_snapshot;
use traced_tests::services;

use crate::relay::relay;
use crate::url;

/// Returns what the example prints. Examples run one at a time, since all of them take messages
/// from the same queue.
fn printed(url: &str) -> String {
    static ALONE: Mutex<()> = Mutex::new(());
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    services::printed(services::command().env("NATS_URL", url))
}

#[test]
fn the_worker_continues_the_trace() {
    let queue = "the queue is NATS at nats://127.0.0.1:…\n";
    let expected = format!("{queue}{}", services::declined("nats", "worker"));
    services::assert_text(&printed(&url()), &expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_is_an_error_in_a_finished_trace() {
    let url = url();
    let server = url.trim_start_matches("nats://").to_owned();
    let stopping = format!("nats://{}", relay(server).await);
    assert_snapshot!(printed(&stopping), @r#"
    the queue is NATS at nats://127.0.0.1:…
    the gateway answered 503 Service Unavailable: the order cannot be queued: NATS does not answer, is it stopped?

    trace …
      gateway: POST /orders [server] ✗ the order cannot be queued: NATS does not answer, is it stopped? tenant="acme" http.request.method="POST" http.route="/orders" http.response.status_code=503 error.type="503"
        gateway: process_order ✗ the order cannot be queued: NATS does not answer, is it stopped? tenant="acme" order.id=1002 error.type="services::gateway::OrderError"
          gateway: send example.orders [producer] ✗ NATS does not answer, is it stopped? tenant="acme" messaging.system="nats" messaging.operation.name="send" messaging.operation.type="send" messaging.destination.name="example.orders" error.type="services::queue::QueueError"
            ! exception exception.type="services::queue::QueueError" exception.message="NATS does not answer, is it stopped?" exception.stacktrace="NATS does not answer, is it stopped?\ncaused by: request failed: channel closed\ncaused by: channel closed"
    "#);
}
