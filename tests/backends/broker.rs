//! The test of every broker: a consumer of one message continues its trace, and a consumer of a
//! batch links to the messages.

use opentelemetry::context::FutureExt;
use traced::propagation::{CarrierMut, inject};
use traced::testing::Capture;
use traced::{Carrier, baggage, traced};

/// A connection with its own queue.
pub(crate) trait Broker {
    type Headers: Carrier + CarrierMut + Default;

    async fn send(&self, headers: Self::Headers, body: &str);

    async fn receive(&mut self) -> Message<Self::Headers>;
}

pub(crate) struct Message<H> {
    pub(crate) headers: H,
    pub(crate) body: String,
}

/// Returns the traces of two messages that are sent, taken one by one, and taken as a batch.
pub(crate) async fn traces(mut broker: impl Broker) -> String {
    let capture = Capture::new();
    let exchange = async {
        let tenant = baggage::set("tenant", "a=b, c%");
        order(&broker).with_context(tenant).await;
        let batch = [broker.receive().await, broker.receive().await];
        batch.iter().for_each(process);
        archive(&batch);
    };
    capture.run_async(exchange).await;
    capture.tree().into()
}

#[traced]
async fn order(broker: &impl Broker) {
    send(broker, "received").await;
    send(broker, "paid").await;
}

#[traced(kind = producer)]
async fn send<B: Broker>(broker: &B, body: &str) {
    let mut headers = B::Headers::default();
    inject(&mut headers);
    broker.send(headers, body).await;
}

#[traced(kind = consumer, parent = message.headers)]
fn process<H: Carrier>(message: &Message<H>) {
    traced::set_attribute("body", message.body.as_str());
    traced::set_attribute("tenant", baggage::get("tenant"));
}

#[traced(kind = consumer, links = batch.iter().map(|message| &message.headers))]
fn archive<H: Carrier>(batch: &[Message<H>]) {}

pub(crate) const TRACES: &str = r#"
order
  send [producer]
    process [consumer] (remote parent) {body="received", tenant="a=b, c%"}
  send [producer]
    process [consumer] (remote parent) {body="paid", tenant="a=b, c%"}
archive [consumer]
  ~ link to send
  ~ link to send
"#;
