//! Tests traces across a real `RabbitMQ`. `tests/backends/run rabbitmq` starts it.

#[path = "../broker.rs"]
mod broker;

use broker::{Broker, Message, TRACES, traces};
use futures_util::StreamExt;
use lapin::options::{BasicConsumeOptions, BasicPublishOptions, QueueDeclareOptions};
use lapin::types::FieldTable;
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties, Consumer};

struct RabbitMq {
    // Its end would be that of the channel.
    _connection: Connection,
    channel: Channel,
    queue: lapin::Queue,
    messages: Consumer,
}

impl RabbitMq {
    async fn connect() -> lapin::Result<RabbitMq> {
        let url = std::env::var("RABBITMQ_URL");
        let url = url.expect("RABBITMQ_URL is set by tests/backends/run rabbitmq");
        let connection = Connection::connect(&url, ConnectionProperties::default()).await?;
        let channel = connection.create_channel().await?;
        let mine = QueueDeclareOptions {
            exclusive: true,
            ..QueueDeclareOptions::default()
        };
        // Without a name RabbitMQ gives one that no other has.
        let queue = channel.queue_declare("".into(), mine, FieldTable::default());
        let queue = queue.await?;
        let acknowledged = BasicConsumeOptions {
            no_ack: true,
            ..BasicConsumeOptions::default()
        };
        let name = queue.name().clone();
        let messages = channel
            .basic_consume(name, "".into(), acknowledged, FieldTable::default())
            .await?;
        Ok(RabbitMq {
            _connection: connection,
            channel,
            queue,
            messages,
        })
    }
}

impl Broker for RabbitMq {
    type Headers = BasicProperties;

    async fn send(&self, headers: BasicProperties, body: &str) {
        let options = BasicPublishOptions::default();
        let queue = self.queue.name().clone();
        let sent = self
            .channel
            .basic_publish("".into(), queue, options, body.as_bytes(), headers);
        sent.await.expect("RabbitMQ is there");
    }

    async fn receive(&mut self) -> Message<BasicProperties> {
        let message = self.messages.next().await.expect("a message");
        let message = message.expect("RabbitMQ is there");
        Message {
            headers: message.properties,
            body: String::from_utf8(message.data).expect("text"),
        }
    }
}

#[tokio::test]
async fn messages_are_continued_and_linked_to() {
    let rabbitmq = RabbitMq::connect().await.expect("RabbitMQ is there");
    assert_eq!(traces(rabbitmq).await, TRACES);
}
