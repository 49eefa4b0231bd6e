//! The scenarios of the tests that look at traces from outside of the process.

use std::error::Error;

use opentelemetry::trace::TraceContextExt;
use opentelemetry::{Array, Context, KeyValue, Value};
use traced::traced;
use tracing::{error, info};

use crate::orders::{Order, process_order};

/// Processes the orders that the example ships with.
///
/// # Panics
///
/// Panics if the file is not a list.
pub async fn orders() {
    let shipped = include_str!("../../../examples/data/orders.json");
    let records: Vec<serde_json::Value> = serde_json::from_str(shipped).expect("a list");
    for record in records {
        if let Ok(order) = serde_json::from_value::<Order>(record) {
            // Failing is what the traces are to show.
            let _ = process_order(&order).await;
        }
    }
}

/// Makes one trace with one span.
#[traced]
pub fn call() {}

/// Makes two traces, with everything that a span can hold.
#[traced(kind = server, ok, attributes(
    int = -7_i64, float = 0.1, truth = true, text = "größer \"als\" \n", empty = "",
    long = "0123456789"
))]
pub fn everything() {
    let context = Context::current();
    let span = context.span();
    let list = |array: Array| Value::Array(array);
    span.set_attribute(KeyValue::new("ints", list(vec![1_i64, -2].into())));
    span.set_attribute(KeyValue::new("floats", list(vec![0.5, 1e300].into())));
    span.set_attribute(KeyValue::new("truths", list(vec![true, false].into())));
    let texts = vec!["a".into(), "ü,".into()];
    span.set_attribute(KeyValue::new("texts", list(Array::String(texts))));
    traced::add_event_with("started", [KeyValue::new("attempt", 1_i64)]);
    traced::add_event("empty");
    produce();
    let _ = consume();
    elsewhere();
}

#[traced("send orders", kind = producer)]
fn produce() {}

#[traced(kind = consumer, links = [Context::current()])]
fn consume() -> Result<(), String> {
    Err("no such queue".to_owned())
}

#[traced(root(link))]
fn elsewhere() {}

/// Processes an order that fails, in a trace of two spans, with what is logged on the way.
pub fn payment() {
    info!("outside");
    let _ = process_payment();
}

#[traced]
fn process_payment() -> Result<(), Declined> {
    info!(order.id = 7, "charging");
    charge()
}

#[traced]
fn charge() -> Result<(), Declined> {
    let unsaid = NotSaid(Declined);
    error!(error = &unsaid as &dyn Error, "no notice");
    Err(Declined)
}

#[derive(Debug, thiserror::Error)]
#[error("the card was declined")]
struct Declined;

#[derive(Debug, thiserror::Error)]
#[error("the customer was not told")]
struct NotSaid(#[source] Declined);
