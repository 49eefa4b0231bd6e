//! The exporter of `opentelemetry-otlp` over one kind of connection, with one configuration of TLS for both protocols.

use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use http::{HeaderMap, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use opentelemetry_http::hyper::HyperClient;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
#[cfg(feature = "logs")]
use opentelemetry_otlp::LogExporter;
use opentelemetry_otlp::{
    ExporterBuildError, Protocol as Encoding, SpanExporter, WithExportConfig, WithHttpConfig,
    WithTonicConfig,
};
use rustls::ClientConfig;
use tonic::codegen::Service;
use tonic::metadata::MetadataMap;
use tonic::transport::{Channel, Endpoint};

use super::settings::{Protocol, Settings};

/// Makes an exporter of spans; the current runtime will run its connections.
pub(super) fn spans(
    settings: &Settings,
    tls: ClientConfig,
    cause: &Cause,
) -> Result<SpanExporter, ExporterBuildError> {
    let builder = SpanExporter::builder();
    match settings.protocol {
        Protocol::Http => over_http(builder.with_http(), settings, tls, cause).build(),
        Protocol::Grpc => over_grpc(builder.with_tonic(), settings, tls).build(),
    }
}

/// The same for log records.
#[cfg(feature = "logs")]
pub(super) fn logs(
    settings: &Settings,
    tls: ClientConfig,
    cause: &Cause,
) -> Result<LogExporter, ExporterBuildError> {
    let builder = LogExporter::builder();
    match settings.protocol {
        Protocol::Http => over_http(builder.with_http(), settings, tls, cause).build(),
        Protocol::Grpc => over_grpc(builder.with_tonic(), settings, tls).build(),
    }
}

fn over_http<B: WithExportConfig + WithHttpConfig>(
    builder: B,
    settings: &Settings,
    tls: ClientConfig,
    cause: &Cause,
) -> B {
    let client = Client {
        // The limit is kept by who waits for the export.
        inner: HyperClient::new(connector(tls, settings.protocol), Duration::MAX, None),
        headers: settings.headers.clone(),
        cause: cause.clone(),
    };
    let builder = builder
        .with_http_client(client)
        .with_protocol(Encoding::HttpBinary)
        .with_endpoint(settings.endpoint.to_string())
        .with_timeout(settings.limit);
    match settings.compression {
        Some(compression) => WithHttpConfig::with_compression(builder, compression),
        None => builder,
    }
}

fn over_grpc<B: WithExportConfig + WithTonicConfig>(
    builder: B,
    settings: &Settings,
    tls: ClientConfig,
) -> B {
    let headers = settings.headers.clone();
    let builder = builder
        .with_channel(channel(settings, tls))
        .with_interceptor(move |mut request: tonic::Request<()>| {
            let mut all = mem::take(request.metadata_mut()).into_headers();
            all.extend(headers.clone());
            *request.metadata_mut() = MetadataMap::from_headers(all);
            Ok(request)
        })
        .with_timeout(settings.limit);
    match settings.compression {
        Some(compression) => WithTonicConfig::with_compression(builder, compression),
        None => builder,
    }
}

fn connector(tls: ClientConfig, protocol: Protocol) -> HttpsConnector<HttpConnector> {
    let builder = HttpsConnectorBuilder::new()
        .with_tls_config(tls)
        .https_or_http();
    match protocol {
        Protocol::Http => builder.enable_http1().build(),
        Protocol::Grpc => builder.enable_http2().build(),
    }
}

fn channel(settings: &Settings, tls: ClientConfig) -> Channel {
    let to = To {
        endpoint: settings.endpoint.clone(),
        connector: connector(tls, settings.protocol),
    };
    // Never `https`, which tonic would refuse behind a connector of ours if somebody else turned its TLS on.
    // Pings find out, while an export waits, that a connection is dead that nobody has closed.
    Endpoint::from_static("http://collector")
        .origin(settings.endpoint.clone())
        .http2_keep_alive_interval(settings.limit / 2)
        .keep_alive_timeout(settings.limit / 2)
        .connect_with_connector_lazy(to)
}

/// Connects to the endpoint, whatever it is asked for.
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

/// Why the last request failed, which the exporter over HTTP keeps to itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Cause(Arc<Mutex<Option<String>>>);

impl Cause {
    pub(super) fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn set(&self, error: &HttpError) {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(error) = source {
            text = format!("{text}: {error}");
            source = error.source();
        }
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(text);
    }
}

/// A client that adds the program's own headers, and remembers why it failed.
#[derive(Debug)]
struct Client {
    inner: HyperClient<HttpsConnector<HttpConnector>>,
    headers: HeaderMap,
    cause: Cause,
}

impl HttpClient for Client {
    fn send_bytes<'a, 'b>(
        &'a self,
        mut request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'b>>
    where
        'a: 'b,
        Self: 'b,
    {
        request.headers_mut().extend(self.headers.clone());
        Box::pin(async {
            let answer = self.inner.send_bytes(request).await;
            answer.inspect_err(|error| self.cause.set(error))
        })
    }
}
