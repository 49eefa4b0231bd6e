//! Spans around the commands of [`mongodb`](https://docs.rs/mongodb), by its monitoring of commands.
//!
//! Its own feature `opentelemetry` speaks another minor version of OpenTelemetry, whose spans never come into these traces.

use std::collections::BTreeMap;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ::mongodb::bson::{Bson, Document};
use ::mongodb::error::{Error, ErrorKind};
use ::mongodb::event::EventHandler;
use ::mongodb::event::command::{CommandEvent, CommandStartedEvent};
use ::mongodb::options::ServerAddress;
use opentelemetry::global::{self, BoxedSpan};
use opentelemetry::trace::{Span, SpanBuilder, SpanKind, Status, Tracer};
use opentelemetry::{InstrumentationScope, KeyValue};

use crate::local;

/// How many commands may be under way at once; a command whose future is dropped is never heard of again.
const LIMIT: usize = 1024;

/// Opens a span of the kind `client` for each command, below the span that is current where it is sent.
///
/// It is named by the command and its collection (`find orders`), and has the attributes `db.system.name`, `db.namespace`,
/// `db.collection.name`, `db.operation.name`, `server.address` and `server.port` of the
/// [semantic conventions](https://opentelemetry.io/docs/specs/semconv/db/mongodb/). One that fails, or whose writes fail, has
/// `db.response.status_code` and the status `Error`. No value of a document is recorded, nor is an error's text, which may quote one.
///
/// A command whose future is dropped ends with `traced.cancelled = true`, when the client is dropped or 1,024 others came after it.
///
/// # Example
///
/// ```no_run
/// use mongodb::Client;
/// use mongodb::options::ClientOptions;
///
/// # async fn example() -> mongodb::error::Result<()> {
/// let mut options = ClientOptions::parse("mongodb://localhost").await?;
/// options.command_event_handler = Some(traced::mongodb::commands());
/// let client = Client::with_options(options)?;
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn commands() -> EventHandler<CommandEvent> {
    let commands = Commands::default();
    EventHandler::callback(move |event| match event {
        CommandEvent::Started(event) => commands.started(&event),
        CommandEvent::Succeeded(event) => {
            commands.ended(event.request_id, write_error(&event.reply));
        }
        CommandEvent::Failed(event) => commands.ended(event.request_id, Some(code(&event.failure))),
        _ => {}
    })
}

/// The spans of the commands that are under way, by their requests' numbers, which grow.
#[derive(Default)]
struct Commands(Mutex<BTreeMap<i32, BoxedSpan>>);

impl Commands {
    fn started(&self, command: &CommandStartedEvent) {
        let span = start(command);
        let mut spans = self.lock();
        let forgotten = (spans.len() >= LIMIT).then(|| spans.pop_first()).flatten();
        spans.insert(command.request_id, span);
        drop(spans);
        if let Some((_, span)) = forgotten {
            cancelled(span);
        }
    }

    fn ended(&self, request: i32, error: Option<String>) {
        let span = self.lock().remove(&request);
        let Some(mut span) = span else {
            return;
        };
        if let Some(code) = error {
            span.set_attribute(KeyValue::new("db.response.status_code", code.clone()));
            span.set_attribute(KeyValue::new("error.type", code));
            span.set_status(Status::error(""));
        }
        span.end();
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<i32, BoxedSpan>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Commands {
    fn drop(&mut self) {
        let spans = mem::take(&mut *self.lock());
        spans.into_values().for_each(cancelled);
    }
}

fn cancelled(mut span: BoxedSpan) {
    span.set_attribute(KeyValue::new("traced.cancelled", true));
    span.end();
}

fn start(command: &CommandStartedEvent) -> BoxedSpan {
    let operation = &command.command_name;
    let collection = collection(&command.command, operation);
    let mut attributes = vec![
        KeyValue::new("db.system.name", "mongodb"),
        KeyValue::new("db.namespace", command.db.clone()),
        KeyValue::new("db.operation.name", operation.clone()),
    ];
    let name = collection.map(|name| KeyValue::new("db.collection.name", name.to_owned()));
    attributes.extend(name);
    if let ServerAddress::Tcp { host, port } = &command.connection.address {
        let port = i64::from(port.unwrap_or(27017));
        attributes.push(KeyValue::new("server.address", host.clone()));
        attributes.push(KeyValue::new("server.port", port));
    }
    let target = collection.unwrap_or(&command.db);
    let builder = SpanBuilder {
        span_kind: Some(SpanKind::Client),
        name: format!("{operation} {target}").into(),
        attributes: Some(attributes),
        ..SpanBuilder::default()
    };
    let scope = InstrumentationScope::builder("traced")
        .with_version(env!("CARGO_PKG_VERSION"))
        .build();
    global::tracer_with_scope(scope).build_with_context(builder, &local::context())
}

/// The collection, which most commands name as their own value, and `getMore` apart.
fn collection<'a>(command: &'a Document, operation: &str) -> Option<&'a str> {
    let named = command.get_str(operation);
    named.or_else(|_| command.get_str("collection")).ok()
}

/// The code of the first write that failed in a command that did not.
fn write_error(reply: &Document) -> Option<String> {
    let errors = reply.get_array("writeErrors").ok()?;
    let first = errors.first()?.as_document()?;
    first.get("code").map(Bson::to_string)
}

/// The server's code, or what kind of failure it was without an answer.
fn code(error: &Error) -> String {
    match error.kind.as_ref() {
        ErrorKind::Command(error) => error.code.to_string(),
        ErrorKind::Io(_) => "io".to_owned(),
        _ => "_OTHER".to_owned(),
    }
}
