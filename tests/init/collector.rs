//! Collectors in this process: good ones, which keep what they receive, and bad ones.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use opentelemetry_proto::tonic::collector::logs::v1::logs_service_server::{
    LogsService, LogsServiceServer,
};
use opentelemetry_proto::tonic::collector::logs::v1::{
    ExportLogsServiceRequest, ExportLogsServiceResponse,
};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::codec::CompressionEncoding;
use tonic::transport::{Server, ServerTlsConfig};

/// A collector that keeps what it receives.
pub(crate) struct Collector {
    pub(crate) address: SocketAddr,
    protocol: &'static str,
    got: Got,
}

/// The requests, with their headers in lower case, one per line.
#[derive(Default)]
struct Kept {
    traces: Vec<(ExportTraceServiceRequest, String)>,
    logs: Vec<(ExportLogsServiceRequest, String)>,
}

type Got = Arc<Mutex<Kept>>;

impl Collector {
    pub(crate) fn http() -> Collector {
        Collector::over_tcp("http/protobuf", serve)
    }

    pub(crate) fn https(tls: ServerConfig) -> Collector {
        let tls = Arc::new(tls);
        Collector::over_tcp("http/protobuf", move |connection, got| {
            let session = ServerConnection::new(Arc::clone(&tls)).expect("a session");
            serve(StreamOwned::new(session, connection), got);
        })
    }

    fn over_tcp(
        protocol: &'static str,
        serve: impl Fn(TcpStream, &Got) + Send + Sync + 'static,
    ) -> Collector {
        let got = Got::default();
        let kept = Arc::clone(&got);
        let address = listen(move |connection| serve(connection, &kept));
        Collector {
            address,
            protocol,
            got,
        }
    }

    pub(crate) fn grpc(tls: Option<ServerTlsConfig>) -> Collector {
        let got = Got::default();
        let address = serve_grpc(Service(Arc::clone(&got)), tls);
        Collector {
            address,
            protocol: "grpc",
            got,
        }
    }

    /// Returns a collector for each protocol.
    pub(crate) fn both() -> [Collector; 2] {
        [Collector::http(), Collector::grpc(None)]
    }

    /// Returns the environment variables that name the collector.
    pub(crate) fn environment(&self) -> [(&'static str, String); 2] {
        [
            ("OTEL_EXPORTER_OTLP_PROTOCOL", self.protocol.to_owned()),
            (
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                format!("http://{}", self.address),
            ),
        ]
    }

    pub(crate) fn spans(&self) -> Vec<Span> {
        let got = self.got.lock().expect("no panic");
        let traces = got.traces.iter();
        let resources = traces.flat_map(|(request, _)| &request.resource_spans);
        let scopes = resources.flat_map(|resource| &resource.scope_spans);
        scopes.flat_map(|scope| scope.spans.clone()).collect()
    }

    /// Returns the names of the spans, separated by spaces.
    pub(crate) fn names(&self) -> String {
        let names: Vec<String> = self.spans().into_iter().map(|span| span.name).collect();
        names.join(" ")
    }

    pub(crate) fn resource(&self) -> Resource {
        let got = self.got.lock().expect("no panic");
        let (request, _) = got.traces.first().expect("a request");
        request.resource_spans[0]
            .resource
            .clone()
            .expect("a resource")
    }

    pub(crate) fn requests(&self) -> usize {
        self.got.lock().expect("no panic").traces.len()
    }

    /// Returns the size of each request before compression, in bytes.
    pub(crate) fn sizes(&self) -> Vec<usize> {
        let got = self.got.lock().expect("no panic");
        let traces = got.traces.iter();
        traces.map(|(request, _)| request.encoded_len()).collect()
    }

    pub(crate) fn headers(&self) -> String {
        let got = self.got.lock().expect("no panic");
        got.traces.first().expect("a request").1.clone()
    }

    pub(crate) fn logs(&self) -> Vec<LogRecord> {
        let got = self.got.lock().expect("no panic");
        let logs = got.logs.iter();
        let resources = logs.flat_map(|(request, _)| &request.resource_logs);
        let scopes = resources.flat_map(|resource| &resource.scope_logs);
        scopes.flat_map(|scope| scope.log_records.clone()).collect()
    }

    /// Returns the first request with logs, and its headers.
    pub(crate) fn log_request(&self) -> (ExportLogsServiceRequest, String) {
        let got = self.got.lock().expect("no panic");
        got.logs.first().expect("a request").clone()
    }

    pub(crate) fn log_requests(&self) -> usize {
        self.got.lock().expect("no panic").logs.len()
    }
}

/// Answers HTTP requests for as long as the connection lasts.
fn serve(connection: impl Read + Write, got: &Got) {
    let mut connection = BufReader::new(connection);
    while let Some((head, body)) = request(&mut connection) {
        let zipped = head.contains("content-encoding: gzip");
        let body = if zipped { gunzip(&body) } else { body };
        let mut got = got.lock().expect("no panic");
        if head
            .lines()
            .next()
            .is_some_and(|line| line.contains("logs"))
        {
            let request = ExportLogsServiceRequest::decode(&*body).expect("OTLP");
            got.logs.push((request, head));
        } else {
            let request = ExportTraceServiceRequest::decode(&*body).expect("OTLP");
            got.traces.push((request, head));
        }
        drop(got);
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
        connection.get_mut().write_all(answer).expect("a client");
    }
}

/// Reads a request. Returns the head in lower case, and the body.
fn request(connection: &mut impl BufRead) -> Option<(String, Vec<u8>)> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        let mut line = String::new();
        if connection.read_line(&mut line).ok()? == 0 {
            return None;
        }
        head.push_str(&line.to_lowercase());
    }
    let length = head.split_once("content-length: ")?.1.lines().next()?;
    let mut body = vec![0; length.parse().ok()?];
    connection.read_exact(&mut body).ok()?;
    Some((head, body))
}

fn gunzip(body: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    let mut decoder = flate2::read::GzDecoder::new(body);
    decoder.read_to_end(&mut plain).expect("gzip");
    plain
}

#[derive(Clone)]
struct Service(Got);

#[tonic::async_trait]
impl TraceService for Service {
    async fn export(
        &self,
        request: tonic::Request<ExportTraceServiceRequest>,
    ) -> Result<tonic::Response<ExportTraceServiceResponse>, tonic::Status> {
        let headers = headers(&request);
        let mut got = self.0.lock().expect("no panic");
        got.traces.push((request.into_inner(), headers));
        Ok(tonic::Response::new(ExportTraceServiceResponse::default()))
    }
}

#[tonic::async_trait]
impl LogsService for Service {
    async fn export(
        &self,
        request: tonic::Request<ExportLogsServiceRequest>,
    ) -> Result<tonic::Response<ExportLogsServiceResponse>, tonic::Status> {
        let headers = headers(&request);
        let mut got = self.0.lock().expect("no panic");
        got.logs.push((request.into_inner(), headers));
        Ok(tonic::Response::new(ExportLogsServiceResponse::default()))
    }
}

fn headers<T>(request: &tonic::Request<T>) -> String {
    let headers = request.metadata().clone().into_headers();
    let lines = headers
        .iter()
        .map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap_or_default()));
    lines.collect()
}

/// A service that responds with nothing but errors.
#[derive(Clone)]
pub(crate) struct Failing;

#[tonic::async_trait]
impl TraceService for Failing {
    async fn export(
        &self,
        _: tonic::Request<ExportTraceServiceRequest>,
    ) -> Result<tonic::Response<ExportTraceServiceResponse>, tonic::Status> {
        Err(tonic::Status::permission_denied("secret"))
    }
}

#[tonic::async_trait]
impl LogsService for Failing {
    async fn export(
        &self,
        _: tonic::Request<ExportLogsServiceRequest>,
    ) -> Result<tonic::Response<ExportLogsServiceResponse>, tonic::Status> {
        Err(tonic::Status::permission_denied("secret"))
    }
}

/// A service that responds with very long texts, which try to control the terminal.
#[derive(Clone)]
pub(crate) struct Talking;

fn much() -> tonic::Status {
    tonic::Status::permission_denied("\x1b[2J\r\nERROR forged ".repeat(200))
}

#[tonic::async_trait]
impl TraceService for Talking {
    async fn export(
        &self,
        _: tonic::Request<ExportTraceServiceRequest>,
    ) -> Result<tonic::Response<ExportTraceServiceResponse>, tonic::Status> {
        Err(much())
    }
}

#[tonic::async_trait]
impl LogsService for Talking {
    async fn export(
        &self,
        _: tonic::Request<ExportLogsServiceRequest>,
    ) -> Result<tonic::Response<ExportLogsServiceResponse>, tonic::Status> {
        Err(much())
    }
}

pub(crate) fn serve_grpc(
    service: impl TraceService + LogsService + Clone,
    tls: Option<ServerTlsConfig>,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("a socket");
    let address = listener.local_addr().expect("an address");
    let logs = LogsServiceServer::new(service.clone()).accept_compressed(CompressionEncoding::Gzip);
    let traces = TraceServiceServer::new(service)
        .accept_compressed(CompressionEncoding::Gzip)
        .send_compressed(CompressionEncoding::Gzip);
    thread::spawn(move || {
        traced_tests::block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).expect("a socket");
            let mut server = Server::builder();
            if let Some(tls) = tls {
                server = server.tls_config(tls).expect("certificates");
            }
            let server = server.add_service(traces).add_service(logs);
            server
                .serve_with_incoming(TcpListenerStream::new(listener))
                .await
        })
    });
    address
}

/// Listens on the loopback interface, with a thread for each connection.
pub(crate) fn listen(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let serve = Arc::new(serve);
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let serve = Arc::clone(&serve);
            thread::spawn(move || serve(connection));
        }
    });
    address
}

/// Returns an address at which nobody listens.
pub(crate) fn refusing() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address")
}

/// Starts a collector that never responds.
pub(crate) fn hanging() -> SocketAddr {
    listen(|connection| {
        thread::sleep(Duration::from_secs(60));
        drop(connection);
    })
}

/// Starts a collector that reads a part of the request, and responds with these bytes.
pub(crate) fn answering(answer: &'static [u8]) -> SocketAddr {
    listen(move |mut connection| {
        let mut some = [0; 1024];
        let _ = connection.read(&mut some);
        let _ = connection.write_all(answer);
        // Closing at once with something unread would take the answer back.
        thread::sleep(Duration::from_secs(10));
    })
}

/// The requests to a collector that follows a script, each as its head in lower case and its body.
pub(crate) type Requests = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

/// Starts a collector that answers each HTTP request with the next of these, and repeats the last
/// one forever. It closes the connection each time.
pub(crate) fn scripted(answers: Vec<&'static [u8]>) -> (SocketAddr, Requests) {
    following(answers, Duration::ZERO)
}

/// Starts a collector that answers each HTTP request with this, and leaves the connection open.
pub(crate) fn stalling(answer: &'static [u8]) -> (SocketAddr, Requests) {
    following(vec![answer], Duration::from_secs(60))
}

fn following(answers: Vec<&'static [u8]>, open: Duration) -> (SocketAddr, Requests) {
    let requests = Requests::default();
    let kept = Arc::clone(&requests);
    let address = listen(move |connection| {
        let mut connection = BufReader::new(connection);
        let Some(request) = request(&mut connection) else {
            return;
        };
        let mut requests = kept.lock().expect("no panic");
        let index = requests.len().min(answers.len() - 1);
        requests.push(request);
        drop(requests);
        let _ = connection.get_mut().write_all(answers[index]);
        thread::sleep(open);
    });
    (address, requests)
}

/// A gRPC collector that gives each of these responses once, and then accepts everything.
#[derive(Clone, Default)]
pub(crate) struct Scripted {
    pub(crate) answers: Arc<Mutex<Vec<tonic::Status>>>,
    pub(crate) partial: Option<ExportTracePartialSuccess>,
    pub(crate) count: Arc<Mutex<usize>>,
}

impl Scripted {
    /// Returns the number of requests.
    pub(crate) fn requests(&self) -> usize {
        *self.count.lock().expect("no panic")
    }
}

#[tonic::async_trait]
impl TraceService for Scripted {
    async fn export(
        &self,
        _: tonic::Request<ExportTraceServiceRequest>,
    ) -> Result<tonic::Response<ExportTraceServiceResponse>, tonic::Status> {
        *self.count.lock().expect("no panic") += 1;
        let mut answers = self.answers.lock().expect("no panic");
        if !answers.is_empty() {
            return Err(answers.remove(0));
        }
        let partial_success = self.partial.clone();
        Ok(tonic::Response::new(ExportTraceServiceResponse {
            partial_success,
        }))
    }
}

#[tonic::async_trait]
impl LogsService for Scripted {
    async fn export(
        &self,
        _: tonic::Request<ExportLogsServiceRequest>,
    ) -> Result<tonic::Response<ExportLogsServiceResponse>, tonic::Status> {
        Ok(tonic::Response::new(ExportLogsServiceResponse::default()))
    }
}
