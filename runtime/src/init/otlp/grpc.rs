//! OTLP over gRPC.

use bytes::{Buf, BufMut, Bytes};
use http::HeaderMap;
use http::uri::PathAndQuery;
use rustls::ClientConfig;
use tonic::client::Grpc as Client;
use tonic::codec::{Codec, CompressionEncoding, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::metadata::MetadataMap;
use tonic::transport::Channel;
use tonic::{Code, Extensions, Request, Status};

use super::super::signal::Signal;
use super::answer::{LARGEST_ANSWER, retry_delay};
use super::connection;
use super::failure::{Failure, Retry, with_causes};
use super::settings::Settings;

pub(super) struct Grpc {
    client: Client<Channel>,
    method: PathAndQuery,
    headers: HeaderMap,
}

impl Grpc {
    pub(super) fn new(signal: Signal, settings: &Settings, tls: ClientConfig) -> Grpc {
        let client = Client::new(connection::grpc(settings, tls));
        let client = client.max_decoding_message_size(LARGEST_ANSWER);
        Grpc {
            client: if settings.gzip {
                client
                    .send_compressed(CompressionEncoding::Gzip)
                    .accept_compressed(CompressionEncoding::Gzip)
            } else {
                client
            },
            method: PathAndQuery::from_static(method(signal)),
            headers: settings.headers.clone(),
        }
    }

    /// Sends a message once, and returns the response.
    pub(super) async fn send(&self, message: Bytes) -> Result<Bytes, Failure> {
        let mut client = self.client.clone();
        let metadata = MetadataMap::from_headers(self.headers.clone());
        let request = Request::from_parts(metadata, Extensions::new(), message);
        let answer = async {
            let ready = client.ready().await;
            ready.map_err(|error| Status::from_error(error.into()))?;
            client.unary(request, self.method.clone(), AsItIs).await
        };
        match answer.await {
            Ok(answer) => Ok(answer.into_inner()),
            Err(status) => Err(refused(&status)),
        }
    }
}

fn method(signal: Signal) -> &'static str {
    match signal {
        Signal::Traces => "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
        #[cfg(feature = "logs")]
        Signal::Logs => "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
    }
}

/// The starts of tonic's errors about a message that is too large. We return such an error for a
/// response, and a collector that uses tonic for a request. Sending the request again would not
/// help, although the specification lists the code of the first error, `OutOfRange`, as one to
/// retry.
const TOO_LARGE: [&str; 2] = [
    "Error, decoded message length too large",
    "Error decompressing: size limit",
];

/// Returns the failure for a status, by the specification of OTLP. The message of the status is
/// left out, since a proxy may repeat secrets of the request in it.
fn refused(status: &Status) -> Failure {
    let is_start = |start: &&str| status.message().starts_with(start);
    let is_too_large = TOO_LARGE.iter().any(is_start);
    let delay = retry_delay(status.details());
    let retry = match (status.code(), delay) {
        _ if is_too_large => Retry::Never,
        (Code::ResourceExhausted | Code::Unavailable, Some(delay)) => Retry::After(delay),
        (
            Code::Cancelled
            | Code::DeadlineExceeded
            | Code::Aborted
            | Code::OutOfRange
            | Code::Unavailable
            | Code::DataLoss,
            _,
        ) => Retry::Soon,
        _ => Retry::Never,
    };
    let causes = match std::error::Error::source(status) {
        Some(cause) => format!(": {}", with_causes(cause)),
        None if is_too_large => ": a message is too large".to_owned(),
        None => String::new(),
    };
    Failure {
        reason: format!("export failed with gRPC code: {:?}{causes}", status.code()),
        retry,
    }
}

/// A codec for messages that are encoded already.
#[derive(Clone, Copy)]
struct AsItIs;

impl Codec for AsItIs {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = AsItIs;
    type Decoder = AsItIs;

    fn encoder(&mut self) -> AsItIs {
        AsItIs
    }

    fn decoder(&mut self) -> AsItIs {
        AsItIs
    }
}

impl Encoder for AsItIs {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, message: Bytes, out: &mut EncodeBuf<'_>) -> Result<(), Status> {
        out.put(message);
        Ok(())
    }
}

impl Decoder for AsItIs {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(from.copy_to_bytes(from.remaining())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_of_the_specification_are_tried_again() {
        use Code::{
            Aborted, Cancelled, DataLoss, DeadlineExceeded, OutOfRange, ResourceExhausted,
            Unavailable,
        };
        let info =
            b"\x1a\x30\x0a\x28type.googleapis.com/google.rpc.RetryInfo\x12\x04\x0a\x02\x08\x02";
        for code in (0..17).map(Code::from_i32) {
            let without = refused(&Status::new(code, "secret"));
            let is_retried = matches!(
                code,
                Aborted | Cancelled | DataLoss | DeadlineExceeded | OutOfRange | Unavailable
            );
            assert_eq!(without.is_retriable(), is_retried, "{code:?}");
            assert!(!without.reason.contains("secret"));
            let with = Status::with_details(code, "", Bytes::from_static(info));
            let with = refused(&with).retry;
            let wait = Retry::After(std::time::Duration::from_secs(2));
            let is_told = matches!(code, ResourceExhausted | Unavailable);
            assert_eq!(with == wait, is_told, "{code:?}");
        }
    }
}
