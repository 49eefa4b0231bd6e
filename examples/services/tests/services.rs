//! Runs the services as a user would, and looks at the trace that they print.

use insta::assert_snapshot;
use traced_tests::services;

#[test]
fn an_order_is_one_trace_with_the_libraries_spans_in_their_places() {
    assert_snapshot!(services::printed(&mut services::command()), @r#"
    the queue is in-process: no NATS_URL, and no nats-server on the path
    the gateway answered 402 Payment Required: payment failed: the card ending in 0002 was declined

    trace …
      gateway: POST /orders [server] ✗ payment failed: the card ending in 0002 was declined tenant="acme" http.request.method="POST" http.route="/orders" http.response.status_code=402 error.type="402"
        gateway: process_order ✗ payment failed: the card ending in 0002 was declined tenant="acme" order.id=1002 error.type="services::gateway::OrderError"
          gateway: send example.orders [producer] tenant="acme" messaging.system="in_process" messaging.operation.name="send" messaging.operation.type="send" messaging.destination.name="example.orders"
            gateway: process example.orders [consumer] tenant="acme" messaging.system="in_process" messaging.operation.name="process" messaging.operation.type="process" messaging.destination.name="example.orders" event="order 1002 received"
          gateway: GET [client] tenant="acme" http.request.method="GET" url.full="http://127.0.0.1:…/users/tok-ben" server.address="127.0.0.1" server.port=… http.response.status_code=200
            users: GET /users/{token} [server] tenant="acme" http.request.method="GET" http.route="/users/{token}" http.response.status_code=200
              users: find tenant="acme" user.id="u-2"
          gateway: GET [client] tenant="acme" http.request.method="GET" url.full="http://127.0.0.1:…/stock/mouse" server.address="127.0.0.1" server.port=… http.response.status_code=200
            inventory: GET /stock/{sku} [server] tenant="acme" http.request.method="GET" http.route="/stock/{sku}" url.path="/stock/mouse" url.scheme="http" network.protocol.version="1.1" server.address="127.0.0.1" server.port=… http.response.status_code=200
              inventory: request tenant="acme" target="tower_http::trace::make_span" method="GET" uri="/stock/mouse" version="HTTP/1.1"
                inventory: stock_of tenant="acme" sku="mouse"
                  inventory: SELECT stock [client] tenant="acme" db.system.name="sqlite" db.operation.name="SELECT" db.collection.name="stock" db.query.text="SELECT count FROM stock WHERE sku = ?"
          gateway: orders.Payment/Charge [client] ✗ code: 'The system is not in a state required for the operation's execution', message: "the card ending in 0002 was declined" tenant="acme" rpc.system.name="grpc" rpc.method="orders.Payment/Charge" rpc.response.status_code="FAILED_PRECONDITION" error.type="FAILED_PRECONDITION"
            ! exception exception.type="tonic::status::Status" exception.message="code: 'The system is not in a state required for the operation's execution', message: \"the card ending in 0002 was declined\""
            payment: orders.Payment/Charge [server] tenant="acme" rpc.system.name="grpc" rpc.method="orders.Payment/Charge" rpc.response.status_code="FAILED_PRECONDITION"
              payment: charge_card ✗ the card ending in 0002 was declined tenant="acme" payment.amount=49 error.type="services::payment::Declined"
                ! exception exception.type="services::payment::Declined" exception.message="the card ending in 0002 was declined"
          gateway: send example.orders [producer] tenant="acme" messaging.system="in_process" messaging.operation.name="send" messaging.operation.type="send" messaging.destination.name="example.orders"
            gateway: process example.orders [consumer] tenant="acme" messaging.system="in_process" messaging.operation.name="process" messaging.operation.type="process" messaging.destination.name="example.orders" event="order 1002 failed"
    trace …
      gateway: archive example.orders [consumer] messaging.system="in_process" messaging.operation.name="archive" messaging.operation.type="process" messaging.destination.name="example.orders" messaging.batch.message_count=2
        ~ send example.orders of trace …
        ~ send example.orders of trace …
    "#);
}
