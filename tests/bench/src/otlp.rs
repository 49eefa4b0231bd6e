//! `opentelemetry-otlp` as it comes, behind the SDK and behind `fastrace`.

use std::sync::LazyLock;

use opentelemetry_otlp::{Protocol as Encoding, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{self, SdkTracerProvider, SpanData};
use tokio::runtime::{Builder, Runtime};

use crate::sdk;
use crate::situation::{Protocol, Sampling};

/// The runtime that gRPC needs. HTTP is sent by the crate's default client, on a separate thread.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    let mut builder = Builder::new_multi_thread();
    let builder = builder.worker_threads(1).enable_all();
    builder.build().expect("a runtime")
});

/// An exporter that sends spans, and counts those that were accepted.
#[derive(Debug)]
pub(crate) struct Sender(SpanExporter);

impl Sender {
    pub(crate) fn to(url: &str, protocol: Protocol) -> Sender {
        let builder = SpanExporter::builder();
        let exporter = match protocol {
            Protocol::Http => builder
                .with_http()
                .with_protocol(Encoding::HttpBinary)
                .with_endpoint(format!("{url}/v1/traces"))
                .build(),
            Protocol::Grpc => {
                let _entered = RUNTIME.enter();
                builder.with_tonic().with_endpoint(url).build()
            }
        };
        Sender(exporter.expect("an exporter"))
    }
}

impl trace::SpanExporter for Sender {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        self.0.export(batch).await?;
        sdk::count(spans);
        Ok(())
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.0.set_resource(resource);
    }
}

/// The SDK as it comes, with its batch processor.
pub(crate) fn provider(sampling: Sampling, protocol: Protocol, url: &str) -> SdkTracerProvider {
    SdkTracerProvider::builder()
        .with_sampler(sdk::sampler(sampling))
        .with_batch_exporter(Sender::to(url, protocol))
        .build()
}
