//! A collector that only reads, in a separate process.

use std::env;
use std::io::{self, BufRead, BufReader, Lines, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child as Process, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use anyhow::{Context, Result};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use prost::Message;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;

use crate::situation::Protocol;

/// The argument before those of [`serve`].
pub(crate) const SINK: &str = "--sink";

/// The number of bytes in all messages so far.
static BYTES: AtomicU64 = AtomicU64::new(0);

/// Prints the port, and then answers each line with the number of bytes so far. This runs in the
/// sink.
pub(crate) fn serve(protocol: Protocol) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?.port());
    thread::spawn(move || match protocol {
        Protocol::Http => serve_http(&listener),
        Protocol::Grpc => serve_grpc(listener),
    });
    for line in io::stdin().lines() {
        line?;
        println!("{}", BYTES.load(Ordering::SeqCst));
    }
    Ok(())
}

fn serve_http(listener: &TcpListener) -> Result<()> {
    for connection in listener.incoming() {
        let connection = connection?;
        thread::spawn(|| take_requests(connection));
    }
    Ok(())
}

fn take_requests(connection: TcpStream) -> Result<()> {
    let mut connection = BufReader::with_capacity(256 * 1024, connection);
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if connection.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let line = line.trim_end().to_lowercase();
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.parse()?;
            }
            if line.is_empty() {
                break;
            }
        }
        io::copy(&mut connection.by_ref().take(length), &mut io::sink())?;
        BYTES.fetch_add(length, Ordering::SeqCst);
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
        connection.get_mut().write_all(answer)?;
    }
}

#[tokio::main(flavor = "current_thread")]
async fn serve_grpc(listener: TcpListener) -> Result<()> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let server = Server::builder().add_service(TraceServiceServer::new(Counting));
    let connections = TcpListenerStream::new(listener);
    Ok(server.serve_with_incoming(connections).await?)
}

struct Counting;

#[tonic::async_trait]
impl TraceService for Counting {
    async fn export(
        &self,
        request: tonic::Request<ExportTraceServiceRequest>,
    ) -> Result<tonic::Response<ExportTraceServiceResponse>, tonic::Status> {
        let bytes = request.get_ref().encoded_len() as u64;
        BYTES.fetch_add(bytes, Ordering::SeqCst);
        Ok(tonic::Response::new(ExportTraceServiceResponse::default()))
    }
}

/// The sink of one contender, as the parent sees it.
pub(crate) struct Sink {
    process: Process,
    questions: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    /// The address at which it listens.
    pub(crate) url: String,
    /// The number of bytes at the last call.
    bytes: u64,
}

impl Sink {
    pub(crate) fn start(protocol: Protocol) -> Result<Sink> {
        let mut process = Command::new(env::current_exe()?)
            .args([SINK, protocol.name()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let questions = process.stdin.take().context("no standard input")?;
        let answers = process.stdout.take().context("no standard output")?;
        let mut answers = BufReader::new(answers).lines();
        let port = answers.next().context("the sink is gone")??;
        Ok(Sink {
            process,
            questions,
            answers,
            url: format!("http://127.0.0.1:{port}"),
            bytes: 0,
        })
    }

    /// Returns the number of bytes since the last call.
    pub(crate) fn bytes(&mut self) -> Result<u64> {
        writeln!(self.questions)?;
        let answer = self.answers.next().context("the sink is gone")??;
        let before = self.bytes;
        self.bytes = answer.parse()?;
        Ok(self.bytes - before)
    }

    pub(crate) fn end(mut self) -> Result<()> {
        drop(self.questions);
        self.process.wait()?;
        Ok(())
    }
}
