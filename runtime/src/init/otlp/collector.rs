//! The connection to a collector, over either protocol.

use std::fmt;

use backon::Retryable;
use bytes::Bytes;
use tokio::runtime::{Builder, Runtime};
use tokio::time::error::Elapsed;
use tokio::time::{sleep, timeout};

use super::super::error::InitError;
use super::super::signal::Signal;
use super::answer::{Answer, PartialSuccess};
use super::connection::HttpResponse;
use super::failure::{Failure, Retry, backoff};
use super::grpc::Grpc;
use super::http::{self, Http};
use super::settings::{Given, Protocol, Settings};
use super::tls;
use crate::exporting;
use crate::sdk::otlp::{Request, Transport};
use crate::sdk::{Deadline, Exported, Lost};
use crate::warning::{Warning, short};

/// The maximum size of a request in bytes, as the specification recommends.
const LARGEST_REQUEST: usize = 64 * 1024 * 1024;

/// Sends requests to a collector. It has a runtime of its own, so it does not depend on the one
/// that the application uses, if any.
pub(in super::super) struct Collector {
    signal: Signal,
    client: Client,
    runtime: Background,
    /// The time limit of one export with its retries.
    limit: std::time::Duration,
    /// The endpoint, as warnings show it.
    endpoint: String,
    rejections: Warning,
}

enum Client {
    Http(Box<Http>),
    Grpc(Box<Grpc>),
}

/// The response to a request that the collector has taken.
enum Taken {
    /// Its body has not been read.
    Http(HttpResponse),
    Grpc(Bytes),
}

impl Collector {
    pub(in super::super) fn new(signal: Signal, given: &Given) -> Result<Collector, InitError> {
        let settings = Settings::new(signal, given)?;
        let tls = tls::from_environment(signal, &settings.endpoint)?;
        let runtime = Background::start()
            .map_err(|error| InitError::failed("cannot start the export thread", &error))?;
        let client = {
            let _entered = runtime.0.as_ref().map(Runtime::enter);
            let _unseen = exporting::enter();
            match settings.protocol {
                Protocol::Http => Client::Http(Http::new(&settings, tls).into()),
                Protocol::Grpc => Client::Grpc(Grpc::new(signal, &settings, tls).into()),
            }
        };
        Ok(Collector {
            signal,
            client,
            runtime,
            limit: settings.limit,
            endpoint: settings.shown_endpoint(),
            rejections: Warning::default(),
        })
    }

    /// Sends a message with `count` spans or log records, and waits for the response within the
    /// limit. Returns the number of those that were rejected, or the reason why all are lost.
    pub(super) fn send(&self, message: Bytes, count: usize) -> Exported {
        let Some(runtime) = &self.runtime.0 else {
            return Err(Lost::Failed("it is shut down".to_owned()));
        };
        let _unseen = exporting::enter();
        let (lost, reason) = match runtime.block_on(self.answer(message)) {
            Ok(Ok(answer)) => {
                self.signal.outage().end();
                return Ok(self.rejected(&answer, count));
            }
            Ok(Err(failure)) => (Lost::Failed(failure.reason.clone()), failure.reason),
            Err(Elapsed { .. }) => (Lost::TimedOut, format!("timed out after {:?}", self.limit)),
        };
        self.signal.outage().say(format_args!(
            "{} could not be sent to {}: {}; this warning is not repeated until sending works",
            self.signal.counted(count),
            self.endpoint,
            short(&reason),
        ));
        Err(lost)
    }

    /// Sends a message and reads the response, both within the limit.
    async fn answer(&self, message: Bytes) -> Result<Result<Answer, Failure>, Elapsed> {
        let deadline = Deadline::after(self.limit);
        let taken = timeout(self.limit, self.retried(message, deadline)).await?;
        Ok(match taken {
            Ok(Taken::Http(answer)) => http::read(answer, deadline.left()).await,
            Ok(Taken::Grpc(answer)) => Ok(Answer::Whole(answer)),
            Err(failure) => Err(failure),
        })
    }

    /// Sends a message, and sends it again after failures that can be retried, until a collector
    /// takes it, the attempts are used up, or the time left is too short.
    async fn retried(&self, message: Bytes, deadline: Deadline) -> Result<Taken, Failure> {
        if message.len() > LARGEST_REQUEST {
            return Err(Failure {
                reason: format!("a request of {} bytes is too large", message.len()),
                retry: Retry::Never,
            });
        }
        let body = match &self.client {
            Client::Http(http) => http.body(message),
            Client::Grpc(_) => message,
        };
        let attempt = async || match &self.client {
            Client::Http(http) => http.send(body.clone()).await.map(Taken::Http),
            Client::Grpc(grpc) => grpc.send(body.clone()).await.map(Taken::Grpc),
        };
        (|| attempt())
            .retry(backoff())
            .sleep(sleep)
            .when(Failure::is_retriable)
            .adjust(|failure, wait| failure.wait(wait, deadline.left()))
            .await
    }

    /// Returns the number of spans or log records that were rejected. Warns about these, about a
    /// message of the collector, and about a response that cannot be read.
    fn rejected(&self, answer: &Answer, count: usize) -> u64 {
        let partial = match answer {
            Answer::Whole(answer) => PartialSuccess::read(answer),
            Answer::Broken(reason) => {
                let reason = short(reason);
                self.warn(format_args!(
                    "the response of {} could not be read: {reason}",
                    self.endpoint
                ));
                return 0;
            }
        };
        let rejected = partial.rejected.min(count as u64);
        let what = match usize::try_from(rejected) {
            Ok(0) if partial.message.is_empty() => {
                self.rejections.end();
                return 0;
            }
            Ok(0) => "a warning was sent".to_owned(),
            rejected => format!(
                "{} rejected",
                self.signal.counted(rejected.unwrap_or(count))
            ),
        };
        let message = match &*short(&partial.message) {
            "" => "no reason given".to_owned(),
            message => message.to_owned(),
        };
        self.warn(format_args!("{what} by {}: {message}", self.endpoint));
        rejected
    }

    /// Warns about a response, but only once until there is one without rejections or a message.
    fn warn(&self, what: fmt::Arguments<'_>) {
        let once = "this warning is not repeated until all are accepted";
        self.rejections.say(format_args!("{what}; {once}"));
    }
}

impl Transport for Collector {
    fn send(&mut self, request: Request) -> (Exported, Vec<u8>) {
        let mut bytes = Bytes::from(request.bytes);
        let exported = Collector::send(self, bytes.slice(request.start..), request.spans);
        // If a connection still holds the bytes, the conversion copies those that are left.
        bytes.clear();
        (exported, bytes.into())
    }
}

impl fmt::Debug for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Collector")
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

/// A runtime with one thread, which also serves the connections between exports. Nothing on it is
/// ever traced. It is `None` only while it is being dropped.
struct Background(Option<Runtime>);

impl Background {
    fn start() -> std::io::Result<Background> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("traced-otlp")
            .on_thread_start(|| std::mem::forget(exporting::enter()))
            .enable_all()
            .build()?;
        Ok(Background(Some(runtime)))
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            // An ordinary drop would wait for the thread of the runtime, and panic if this thread
            // belongs to a runtime too.
            runtime.shutdown_background();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::settings::Protocol;
    use super::*;

    /// Nobody listens at the endpoint, so a message that is not too large cannot be sent either.
    #[test]
    fn a_request_over_the_limit_is_not_sent() {
        for protocol in [Protocol::Http, Protocol::Grpc] {
            let given = Given {
                endpoint: Some("http://127.0.0.1:1".to_owned()),
                protocol: Some(protocol),
                ..Given::default()
            };
            let collector = Collector::new(Signal::Traces, &given).expect("a collector");
            let lost = |size| {
                let sent = collector.send(Bytes::from(vec![0; size]), 1);
                sent.expect_err("nobody listens").reason()
            };
            let too_large = "a request of 67108865 bytes is too large";
            assert_eq!(lost(LARGEST_REQUEST + 1), too_large);
            let refused = lost(LARGEST_REQUEST);
            assert!(refused.contains("Connection refused"), "{refused}");
        }
    }
}
