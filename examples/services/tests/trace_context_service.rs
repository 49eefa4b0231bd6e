//! Runs W3C's conformance tests over HTTP, with the example as the service. Headers are sent
//! unchanged, even if they are malformed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use traced_tests::w3c::{Lines, Request, cases};

/// The running example, which ends with the test.
struct Service {
    child: Child,
    address: SocketAddr,
}

impl Service {
    fn start() -> Service {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trace_context_service"));
        command
            .arg("127.0.0.1:0")
            .env_remove("OTEL_TRACES_EXPORTER");
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the example is built");
        let mut said = String::new();
        let stderr = child.stderr.as_mut().expect("a pipe");
        BufReader::new(stderr).read_line(&mut said).expect("a line");
        let address = said
            .trim()
            .strip_prefix("listening on ")
            .expect("where it listens");
        let address = address.parse().expect("an address");
        Service { child, address }
    }

    /// Sends a request with these headers, and returns the headers of the calls back to `harness`.
    fn send(&self, request: &Request, harness: &TcpListener) -> Vec<Lines> {
        let back = harness.local_addr().expect("an address");
        let call = format!(r#"{{"url": "http://{back}/back", "arguments": []}}"#);
        let body = format!("[{}]", vec![call; request.callbacks()].join(","));
        let headers = request.headers.iter();
        let headers: Vec<_> = headers
            .map(|(name, value)| format!("{name}:{value}\r\n"))
            .collect();
        let stream = self.ask(&headers.concat(), &body);
        let callbacks = (0..request.callbacks())
            .map(|_| called_back(harness))
            .collect();
        let answer = answer(stream);
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        callbacks
    }

    fn ask(&self, headers: &str, body: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).expect("the service listens");
        write!(
            stream,
            "POST /test HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n{headers}content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.address,
            body.len(),
        )
        .expect("the request is sent");
        stream
    }

    /// Returns the status of the response to this body.
    fn status(&self, body: &str) -> String {
        answer(self.ask("", body))[9..12].to_owned()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended by itself, which the test has noticed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn answer(mut stream: TcpStream) -> String {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

/// Takes and answers a call, and returns its header lines.
fn called_back(harness: &TcpListener) -> Lines {
    let (stream, _) = harness.accept().expect("a call");
    let mut reader = BufReader::new(stream);
    let mut lines = Lines::new();
    let mut line = String::new();
    while reader.read_line(&mut line).expect("a line") > 2 {
        if let Some((name, value)) = line.trim_end().split_once(": ") {
            lines.push((name.to_owned(), value.to_owned()));
        }
        line.clear();
    }
    let body = &mut [0; 2];
    reader.read_exact(body).expect("the body, which is []");
    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    reader
        .get_mut()
        .write_all(answer)
        .expect("the answer is sent");
    lines
}

#[test]
fn all_of_w3cs_cases_pass() {
    let service = Service::start();
    let harness = TcpListener::bind("127.0.0.1:0").expect("a port");
    let cases = cases();
    for case in &cases {
        case.check(|request| service.send(request, &harness));
    }
    assert_eq!(cases.len(), 41);
}

#[test]
fn what_is_no_list_of_calls_is_refused() {
    let service = Service::start();
    for body in ["", "{{{", "{}", "[{}]", r#"[{"url": 1, "arguments": []}]"#] {
        assert!(service.status(body).starts_with('4'), "{body}");
    }
    assert!(service.status(&"[".repeat(1 << 20)).starts_with('4'));
    assert_eq!(service.status("[]"), "200");
}

#[test]
fn a_service_that_cannot_be_called_or_does_not_answer_is_a_bad_gateway() {
    let service = Service::start();
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let silent = format!("http://{}", silent.local_addr().expect("an address"));
    for url in ["", "no url", "file:///", "http://127.0.0.1:1", &silent] {
        let body = format!(r#"[{{"url": "{url}", "arguments": []}}]"#);
        assert_eq!(service.status(&body), "502", "{url}");
    }
}
