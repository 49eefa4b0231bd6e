//! The order service as processes that talk to each other: an order is one trace, across HTTP, gRPC
//! and a queue.
//!
//!     cargo run -p traced-services
//!
//! starts them on loopback, places an order whose card is declined, and prints its trace. Each
//! process is this program with the name of a service: `gateway`, `users`, `inventory`, `payment`,
//! `worker`. The queue is NATS: the server in `NATS_URL`, or the `nats-server` on the path. If
//! there is neither, the gateway does the work of the worker, with the same messages.

mod collector;
mod fleet;
mod gateway;
mod inventory;
mod payment;
mod queue;
mod service;
mod tree;
mod users;
mod worker;

use std::error::Error;
use std::process::ExitCode;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let ended = match std::env::args().nth(1) {
        Some(name) => serve(&name).await,
        None => fleet::run().await,
    };
    if let Err(error) = ended {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

async fn serve(name: &str) -> Result<(), Box<dyn Error>> {
    let _guard = traced::builder()
        .with_service_name(name.to_owned())
        .init()?;
    traced::baggage::copy_to_spans(["tenant"]);
    match name {
        "gateway" => gateway::run().await,
        "users" => Ok(users::run().await?),
        "inventory" => inventory::run().await,
        "payment" => payment::run().await,
        "worker" => worker::run().await,
        other => Err(format!("there is no service {other}").into()),
    }
}
