//! Messages carry the trace in their headers. Here the headers are plain maps that are written and
//! read by hand, as for any queue with text headers.
//!
//!     cargo run --example messaging

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, channel};

use traced::propagation::inject;
use traced::traced;

struct Message {
    headers: BTreeMap<String, String>,
    order: u64,
}

#[traced]
fn place_order(order: u64, queue: &Sender<Message>) {
    send(order, queue);
}

#[traced(
    "send orders",
    kind = producer,
    attributes(messaging.destination.name = "orders", messaging.operation.type = "send"),
)]
fn send(order: u64, queue: &Sender<Message>) {
    let mut headers = BTreeMap::new();
    inject(&mut headers);
    // If nobody takes orders any more, that is not the customer's problem.
    let _ = queue.send(Message { headers, order });
}

/// Continues the trace of the message.
#[traced(
    "process orders",
    kind = consumer,
    parent = message.headers,
    attributes(messaging.destination.name = "orders", messaging.operation.type = "process", order.id = message.order),
)]
fn process(message: &Message) {}

/// Starts a separate trace with a link to each message, since it does not belong to one of them
/// alone.
#[traced(
    "archive orders",
    kind = consumer,
    links = batch.iter().map(|message| &message.headers),
    attributes(messaging.destination.name = "orders", messaging.batch.message_count = batch.len()),
)]
fn archive(batch: &[Message]) {}

fn consume(queue: &Receiver<Message>) {
    let batch: Vec<Message> = queue.iter().collect();
    batch.iter().for_each(process);
    archive(&batch);
}

fn main() -> Result<(), traced::InitError> {
    let _guard = traced::init()?;
    let (sender, receiver) = channel();
    place_order(1001, &sender);
    place_order(1002, &sender);
    drop(sender);
    consume(&receiver);
    Ok(())
}
