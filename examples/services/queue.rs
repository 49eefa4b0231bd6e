//! The queue of messages about orders: NATS, or a channel with the same messages.

use async_nats::{Client, ConnectOptions, HeaderMap, Request};
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, stream};
use tokio::sync::mpsc;

pub(crate) const ORDERS: &str = "example.orders";
const NATS: &str = "nats";

/// A message, whose headers carry the trace that it belongs to.
pub(crate) struct Message {
    pub(crate) system: &'static str,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

pub(crate) type Messages = BoxStream<'static, Message>;

/// The sending end of the queue.
#[derive(Clone)]
pub(crate) enum Queue {
    InProcess(mpsc::Sender<Message>),
    Nats(Client),
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum QueueError {
    #[error("NATS at {0} cannot be reached: {1}")]
    Unreachable(String, #[source] async_nats::ConnectError),
    #[error("the queue is closed")]
    Closed,
    #[error("NATS does not answer, is it stopped?")]
    Nats(#[source] async_nats::RequestError),
}

/// Returns both ends of a queue within a process.
pub(crate) fn in_process() -> (Queue, Messages) {
    let (sender, receiver) = mpsc::channel(16);
    let messages = stream::unfold(receiver, async |mut receiver| {
        Some((receiver.recv().await?, receiver))
    });
    (Queue::InProcess(sender), messages.boxed())
}

/// Connects to NATS. If the server is gone, the client gives up instead of waiting for its return.
pub(crate) async fn connect(url: &str) -> Result<Client, QueueError> {
    let client = ConnectOptions::new().max_reconnects(1).connect(url).await;
    client.map_err(|error| QueueError::Unreachable(url.to_owned(), error))
}

/// Returns the messages of NATS. Each is acknowledged when it is taken.
pub(crate) async fn messages(client: Client) -> Result<Messages, async_nats::Error> {
    let subscription = client.subscribe(ORDERS).await?;
    client.flush().await?;
    let messages = subscription.then(move |message| {
        let client = client.clone();
        async move {
            if let Some(sender) = message.reply {
                // The sender will notice if it does not arrive.
                let _ = client.publish(sender, "".into()).await;
            }
            Message {
                system: NATS,
                headers: message.headers.unwrap_or_default(),
                body: message.payload.into(),
            }
        }
    });
    Ok(messages.boxed())
}

impl Queue {
    /// Returns the value of `messaging.system`.
    pub(crate) fn system(&self) -> &'static str {
        match self {
            Queue::InProcess(_) => "in_process",
            Queue::Nats(_) => NATS,
        }
    }

    /// Sends, and waits until a worker has the message.
    pub(crate) async fn send(&self, message: Message) -> Result<(), QueueError> {
        match self {
            Queue::InProcess(sender) => {
                let sent = sender.send(message).await;
                sent.map_err(|_| QueueError::Closed)
            }
            Queue::Nats(client) => {
                let request = Request::new()
                    .headers(message.headers)
                    .payload(message.body.into());
                let answer = client.send_request(ORDERS, request).await;
                answer.map(drop).map_err(QueueError::Nats)
            }
        }
    }
}
