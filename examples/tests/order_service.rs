//! The order service prints the traces of its orders.

use std::process::Command;

use insta::assert_snapshot;

use crate::{errors, example, printed, run};

fn order_service() -> Command {
    example("order_service")
}

#[test]
fn the_shipped_orders() {
    let output = run(&mut order_service(), "");
    assert!(output.status.success());
    assert_snapshot!(printed(&output), @r#"
    trace of 5 spans
    process_order ✓ order.id=1001 order.amount=79.9
    ├─ fetch_user_data [client] user.id="u-1"
    ├─ validate_inventory items=1
    │  └─ stock_of [client] sku="keyboard"
    └─ charge_payment [client] user.name="Anna" payment.amount=79.9

    trace of 5 spans
    process_order ✗ payment failed order.id=1002 order.amount=49 error.type="order_service::orders::OrderError"
    ├─ fetch_user_data [client] user.id="u-2"
    ├─ validate_inventory items=1
    │  └─ stock_of [client] sku="mouse"
    └─ charge_payment [client] ✗ the card ending in 0002 was declined user.name="Ben" payment.amount=49 error.type="order_service::orders::PaymentError"
         • exception exception.type="order_service::orders::PaymentError" exception.message="the card ending in 0002 was declined"

    trace of 4 spans
    process_order ✗ monitor is out of stock: 3 wanted, 1 left order.id=1003 order.amount=747 error.type="order_service::orders::OrderError"
    ├─ fetch_user_data [client] user.id="u-1"
    └─ validate_inventory ✗ monitor is out of stock: 3 wanted, 1 left items=1 error.type="order_service::orders::OrderError"
       │ • exception exception.type="order_service::orders::OrderError" exception.message="monitor is out of stock: 3 wanted, 1 left"
       └─ stock_of [client] sku="monitor"

    trace of 5 spans
    process_order ✓ order.id=1005 order.amount=45
    ├─ fetch_user_data [client] user.id="u-3"
    ├─ validate_inventory items=1
    │  └─ stock_of [client] sku="cable"
    └─ charge_payment [client] user.name="Cara" payment.amount=45

    trace of 2 spans
    process_order ✗ user not found order.id=1006 order.amount=4.5 error.type="order_service::orders::OrderError"
    └─ fetch_user_data [client] ✗ user not found error.type="order_service::orders::OrderError"
         • exception exception.type="order_service::orders::OrderError" exception.message="user not found"

    2 orders processed, 3 failed, 1 malformed
    "#);
    assert!(errors(&output).contains("orders.json: record 4 is no order: invalid type: string"));
}

#[test]
fn orders_from_standard_input() {
    let orders = r#"[{ "id": 1, "token": "tok-anna", "card": "1-2", "items": [] }, 7]"#;
    let output = run(order_service().arg("-"), orders);
    assert!(output.status.success());
    assert_snapshot!(printed(&output), @r#"
    trace of 4 spans
    process_order ✓ order.id=1 order.amount=0
    ├─ fetch_user_data [client] user.id="u-1"
    ├─ validate_inventory items=0
    └─ charge_payment [client] user.name="Anna" payment.amount=0

    1 orders processed, 0 failed, 1 malformed
    "#);
    assert!(
        errors(&output)
            .contains("-: record 2 is no order: invalid type: integer `7`, expected struct Order")
    );
}

#[test]
fn a_bad_file_is_named() {
    let output = run(order_service().arg("nowhere.json"), "");
    assert_eq!(output.status.code(), Some(1));
    assert_snapshot!(errors(&output), @"nowhere.json cannot be read: No such file or directory (os error 2)");
    let output = run(order_service().arg("-"), "{");
    assert_eq!(output.status.code(), Some(1));
    assert_snapshot!(errors(&output), @"- is no JSON list of orders: invalid type: map, expected a sequence at line 1 column 0");
}

#[test]
fn the_exporter_is_chosen_by_the_environment() {
    let none = run(
        order_service().arg("-").env("OTEL_TRACES_EXPORTER", "none"),
        "[]",
    );
    assert_snapshot!(printed(&none), @"0 orders processed, 0 failed, 0 malformed");
    let unknown = run(order_service().env("OTEL_TRACES_EXPORTER", "jaeger"), "");
    assert_eq!(unknown.status.code(), Some(1));
    // The names that it knows depend on the features that it was built with.
    assert!(
        errors(&unknown).starts_with(
            r#"tracing could not be set up: OTEL_TRACES_EXPORTER is "jaeger": write `"#
        )
    );
}

/// If the collector does not answer, the program loses its traces, and nothing else.
#[cfg(feature = "otlp")]
#[test]
fn a_collector_that_hangs_costs_the_traces_alone() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
    let mut service = order_service();
    let output = run(service.env("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint), "");
    assert!(output.status.success());
    assert!(output.stdout.starts_with(b"2 orders processed, 3 failed"));
    assert!(errors(&output).ends_with("traced: spans were not exported in time\n"));
}

#[test]
fn the_readme_shows_the_code() {
    let readme = include_str!("../../README.md");
    let shown = readme.split("```").nth(1).expect("a block of code");
    let shown = shown.strip_prefix("rust,ignore").expect("code of Rust");
    let code = include_str!("../order_service/orders.rs").replace("pub(crate) ", "");
    for function in shown.trim().split("\n\n") {
        assert!(code.contains(function), "{function}");
    }
}
