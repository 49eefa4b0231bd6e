//! Tests of gRPC with tonic, with a real service that has a generated client and server.

use opentelemetry_proto::tonic::collector::trace::v1::trace_service_client::TraceServiceClient;
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use tonic::service::Routes;
use tonic::transport::Channel;
use tonic::{Code, Request, Response, Status};
use tower::Layer;
use traced::traced;

use crate::trace;

pub(crate) struct Service(pub(crate) Option<Code>);

#[tonic::async_trait]
impl TraceService for Service {
    #[traced]
    async fn export(
        &self,
        _: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        match self.0 {
            None => Ok(Response::new(ExportTraceServiceResponse::default())),
            Some(code) => Err(Status::new(code, "no")),
        }
    }
}

/// Returns the trace of a call to which the server responds with this code.
async fn call(code: Option<Code>) -> String {
    let router = Routes::new(TraceServiceServer::new(Service(code))).into_axum_router();
    let trace = trace(router, async |address, _| {
        let origin = format!("http://{address}").parse().expect("a URL");
        let channel = Channel::builder(origin).connect_lazy();
        let channel = traced::tower::client().layer(channel);
        let mut client = TraceServiceClient::new(channel);
        let answer = client.export(ExportTraceServiceRequest::default()).await;
        assert_eq!(answer.err().map(|status| status.code()), code);
    });
    trace.await
}

#[tokio::test]
async fn a_call_is_one_trace() {
    assert_eq!(
        call(None).await,
        r#"
opentelemetry.proto.collector.trace.v1.TraceService/Export [client] {rpc.system.name="grpc", rpc.method="opentelemetry.proto.collector.trace.v1.TraceService/Export", rpc.response.status_code="OK"}
  opentelemetry.proto.collector.trace.v1.TraceService/Export [server] (remote parent) {server.address="127.0.0.1", server.port=PORT, rpc.system.name="grpc", rpc.method="opentelemetry.proto.collector.trace.v1.TraceService/Export", rpc.response.status_code="OK"}
    Service::export
"#
    );
}

#[tokio::test]
async fn a_status_that_is_the_callers_fault_is_an_error_of_the_client_alone() {
    let trace = call(Some(Code::NotFound)).await;
    let client = trace
        .lines()
        .find(|line| line.contains("[client]"))
        .expect("a client");
    let server = trace
        .lines()
        .find(|line| line.contains("[server]"))
        .expect("a server");
    assert!(client.contains(r#"[client] error "" {"#), "{client}");
    assert!(server.contains("(remote parent) {"), "{server}");
    for line in [client, server] {
        assert!(
            line.contains(r#"rpc.response.status_code="NOT_FOUND""#),
            "{line}"
        );
    }
}

#[tokio::test]
async fn a_status_that_is_the_servers_fault_is_an_error_of_both() {
    let trace = call(Some(Code::Unavailable)).await;
    let errors = trace.matches(r#"error.type="UNAVAILABLE""#);
    assert_eq!(errors.count(), 2, "{trace}");
}
