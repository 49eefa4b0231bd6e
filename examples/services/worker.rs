//! The worker, which processes orders later: each message in the trace that sent it, and each batch
//! in a separate trace.

use std::error::Error;

use futures_util::StreamExt;
use traced::traced;

use crate::queue::{self, Message, Messages, ORDERS};
use crate::service::{stopped, variable};

/// The number of messages that are archived at once.
const BATCH: usize = 2;

/// Processes messages of NATS until it is stopped.
pub(crate) async fn run() -> Result<(), Box<dyn Error>> {
    let client = queue::connect(&variable("NATS_URL")?).await?;
    let messages = queue::messages(client)
        .await
        .map_err(|error| error.to_string())?;
    println!("ready");
    work(messages.take_until(stopped()).boxed()).await;
    Ok(())
}

/// Processes messages until there are no more.
pub(crate) async fn work(messages: Messages) {
    messages
        .inspect(process)
        .chunks(BATCH)
        .for_each(async |batch| archive(&batch))
        .await;
}

#[traced("process example.orders", kind = consumer, parent = message.headers, attributes(
    messaging.system = message.system,
    messaging.operation.name = "process",
    messaging.operation.type = "process",
    messaging.destination.name = ORDERS,
    event = %String::from_utf8_lossy(&message.body),
))]
fn process(message: &Message) {}

#[traced("archive example.orders", kind = consumer, links = batch.iter().map(|message| &message.headers), attributes(
    messaging.system = batch.first().map(|message| message.system),
    messaging.operation.name = "archive",
    messaging.operation.type = "process",
    messaging.destination.name = ORDERS,
    messaging.batch.message_count = batch.len(),
))]
fn archive(batch: &[Message]) {}
