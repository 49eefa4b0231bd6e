//! The payment service, a gRPC service that `build.rs` generates.

use std::error::Error;

use prost::Message;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;
use tonic::{Code, Request, Response, Status};
use traced::traced;

use crate::service::{listen, stopped};

#[allow(clippy::pedantic, unreachable_pub)]
mod grpc {
    tonic::include_proto!("orders.Payment");
}
pub(crate) use grpc::payment_client::PaymentClient;
use grpc::payment_server::{Payment, PaymentServer};

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Charge {
    #[prost(string, tag = "1")]
    pub(crate) card: String,
    #[prost(double, tag = "2")]
    pub(crate) amount: f64,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Receipt {
    #[prost(string, tag = "1")]
    pub(crate) number: String,
}

#[derive(Debug, thiserror::Error)]
#[error("the card ending in {0} was declined")]
struct Declined(String);

struct Bank;

#[tonic::async_trait]
impl Payment for Bank {
    #[traced("orders.Payment/Charge", kind = server, parent = request.metadata(), attributes(
        rpc.system.name = "grpc",
        rpc.method = "orders.Payment/Charge",
    ), err = off)]
    async fn charge(&self, request: Request<Charge>) -> Result<Response<Receipt>, Status> {
        let receipt = charge_card(request.get_ref());
        let answer = receipt.map_err(|declined| Status::failed_precondition(declined.to_string()));
        answered(&answer);
        answer.map(Response::new)
    }
}

#[traced(attributes(payment.amount = charge.amount))]
fn charge_card(charge: &Charge) -> Result<Receipt, Declined> {
    match charge.card.rsplit('-').next() {
        Some(ending @ "0002") => Err(Declined(ending.to_owned())),
        ending => Ok(Receipt {
            number: format!("r-{}", ending.unwrap_or_default()),
        }),
    }
}

/// Records the status of the response.
pub(crate) fn answered<T>(answer: &Result<T, Status>) {
    let code = answer.as_ref().err().map_or(Code::Ok, Status::code);
    traced::set_attribute("rpc.response.status_code", name(code));
}

/// Returns the name of a code, as OpenTelemetry's conventions spell it.
pub(crate) fn name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Unavailable => "UNAVAILABLE",
        _ => "_OTHER",
    }
}

pub(crate) async fn run() -> Result<(), Box<dyn Error>> {
    let calls = TcpListenerStream::new(listen().await?);
    Server::builder()
        .add_service(PaymentServer::new(Bank))
        .serve_with_incoming_shutdown(calls, stopped())
        .await?;
    Ok(())
}
