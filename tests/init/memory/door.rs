//! The place that spans go to: an exporter, or a collector.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};

/// Keeps nothing. Once it is closed, an export never comes back, and holds its batch.
#[derive(Clone, Debug, Default)]
pub(crate) struct Door(Arc<State>);

#[derive(Debug, Default)]
struct State {
    is_closed: AtomicBool,
    holds_a_batch: AtomicBool,
}

impl Door {
    pub(crate) fn closed() -> Door {
        let door = Door::default();
        door.close();
        door
    }

    pub(crate) fn close(&self) {
        self.0.is_closed.store(true, Ordering::SeqCst);
    }

    /// Returns `true` if an export has come to the closed door.
    pub(crate) fn holds_a_batch(&self) -> bool {
        self.0.holds_a_batch.load(Ordering::SeqCst)
    }

    fn pass(&self) {
        while self.0.is_closed.load(Ordering::SeqCst) {
            self.0.holds_a_batch.store(true, Ordering::SeqCst);
            thread::sleep(Duration::from_secs(3_600));
        }
    }

    /// Starts a collector, and returns its URL. It only speaks HTTP/1, so a collector for gRPC must
    /// be closed.
    pub(crate) fn collector(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it has an address");
        let door = self.clone();
        thread::spawn(move || {
            for connection in listener.incoming() {
                let door = door.clone();
                thread::spawn(move || door.serve(connection?));
            }
            io::Result::Ok(())
        });
        format!("http://{address}")
    }

    fn serve(&self, connection: TcpStream) -> io::Result<()> {
        let mut connection = BufReader::new(connection);
        loop {
            let mut length = 0;
            for line in connection.by_ref().lines() {
                let line = line?.to_lowercase();
                if let Some(value) = line.strip_prefix("content-length: ") {
                    length = value.parse().unwrap_or_default();
                }
                if line.is_empty() {
                    break;
                }
            }
            self.pass();
            io::copy(&mut connection.by_ref().take(length), &mut io::sink())?;
            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
            connection.get_mut().write_all(answer)?;
        }
    }
}

impl SpanExporter for Door {
    async fn export(&self, _batch: Vec<SpanData>) -> OTelSdkResult {
        self.pass();
        Ok(())
    }
}
