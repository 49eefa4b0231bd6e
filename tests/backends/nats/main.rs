//! Tests traces across a real NATS server, and across one that stops. `tests/backends/run nats`
//! starts it.

#[path = "../broker.rs"]
mod broker;
mod relay;
mod services;

use async_nats::{Client, HeaderMap, Subscriber};
use broker::{Broker, Message, TRACES, traces};
use futures_util::StreamExt;

fn url() -> String {
    std::env::var("NATS_URL").expect("NATS_URL is set by tests/backends/run nats")
}

struct Nats {
    client: Client,
    subject: String,
    messages: Subscriber,
}

impl Nats {
    async fn connect() -> Nats {
        let client = async_nats::connect(url()).await.expect("NATS is there");
        let subject = client.new_inbox();
        let messages = client.subscribe(subject.clone()).await;
        Nats {
            client,
            subject,
            messages: messages.expect("a subscription"),
        }
    }
}

impl Broker for Nats {
    type Headers = HeaderMap;

    async fn send(&self, headers: HeaderMap, body: &str) {
        let body = body.to_owned().into();
        let sent = self
            .client
            .publish_with_headers(self.subject.clone(), headers, body);
        sent.await.expect("NATS is there");
    }

    async fn receive(&mut self) -> Message<HeaderMap> {
        let message = self.messages.next().await.expect("a message");
        Message {
            headers: message.headers.expect("headers"),
            body: String::from_utf8(message.payload.into()).expect("text"),
        }
    }
}

#[tokio::test]
async fn messages_are_continued_and_linked_to() {
    assert_eq!(traces(Nats::connect().await).await, TRACES);
}
