//! Connects to the collector, with the same TLS configuration for both protocols.

use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Uri};
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::ClientConfig;
use tonic::codegen::Service;
use tonic::transport::{Channel, Endpoint};

use super::settings::Settings;
use super::user_agent::USER_AGENT;

/// An HTTP client that does not follow redirects.
pub(super) type HttpClient = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// A response whose body has not been read.
pub(super) type HttpResponse = <HttpClient as Service<Request<Full<Bytes>>>>::Response;

/// The maximum interval of pings, and the maximum time to wait for the answer to a ping. `hyper`
/// adds these to the current time, which would overflow with the longest time limits that a user
/// may set.
const LONGEST_PING: Duration = Duration::from_secs(60);

pub(super) fn http(tls: ClientConfig) -> HttpClient {
    let connector = connector(tls).enable_http1().build();
    Client::builder(TokioExecutor::new()).build(connector)
}

pub(super) fn grpc(settings: &Settings, tls: ClientConfig) -> Channel {
    let to = To {
        endpoint: settings.endpoint.clone(),
        connector: connector(tls).enable_http2().build(),
    };
    // The URL given to tonic is never `https`: tonic refuses such a URL with a custom connector if
    // another crate enables tonic's TLS.
    let endpoint = Endpoint::from_static("http://collector").origin(settings.endpoint.clone());
    let endpoint = match endpoint.clone().user_agent(USER_AGENT) {
        Ok(named) => named,
        Err(_) => endpoint,
    };
    // While an export waits, pings detect a dead connection that nobody has closed.
    let ping = (settings.limit / 2).min(LONGEST_PING);
    endpoint
        .http2_keep_alive_interval(ping)
        .keep_alive_timeout(ping)
        .connect_with_connector_lazy(to)
}

fn connector(
    tls: ClientConfig,
) -> HttpsConnectorBuilder<hyper_rustls::builderstates::WantsProtocols1> {
    HttpsConnectorBuilder::new()
        .with_tls_config(tls)
        .https_or_http()
}

/// A connector that always connects to `endpoint`, whatever URI it is called with.
struct To {
    endpoint: Uri,
    connector: HttpsConnector<HttpConnector>,
}

impl Service<Uri> for To {
    type Response = <HttpsConnector<HttpConnector> as Service<Uri>>::Response;
    type Error = <HttpsConnector<HttpConnector> as Service<Uri>>::Error;
    type Future = <HttpsConnector<HttpConnector> as Service<Uri>>::Future;

    fn poll_ready(&mut self, task: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.connector.poll_ready(task)
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        self.connector.call(self.endpoint.clone())
    }
}
