//! Spans around the commands of [`mongodb`](https://docs.rs/mongodb), through its command
//! monitoring.
//!
//! The feature `opentelemetry` of `mongodb` itself uses another minor version of OpenTelemetry, so
//! its spans would be in separate traces.

use std::collections::BTreeMap;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ::mongodb::bson::{Bson, Document};
use ::mongodb::error::{Error, ErrorKind};
use ::mongodb::event::EventHandler;
use ::mongodb::event::cmap::{CmapEvent, ConnectionClosedEvent, ConnectionClosedReason};
use ::mongodb::event::command::{CommandEvent, CommandStartedEvent};
use ::mongodb::options::{ClientOptions, ServerAddress};
use opentelemetry::KeyValue;
use opentelemetry::global::{self, BoxedSpan};
use opentelemetry::trace::{Span, SpanBuilder, SpanKind, Status, Tracer};

use crate::ambient;
use crate::site::scope;

/// The maximum number of commands that are remembered until they end. If the future of a command is
/// dropped, there may never be another event about the command, so the oldest one makes room.
const LIMIT: usize = 1024;

/// Makes a client with these options open a span of kind `client` for each command, below the span
/// that is current where the command is sent.
///
/// The span is named after the command and its collection (`find orders`), and has the attributes
/// `db.system.name`, `db.namespace`, `db.collection.name`, `db.operation.name`, `server.address`
/// and `server.port` of the [semantic
/// conventions](https://opentelemetry.io/docs/specs/semconv/db/mongodb/). If the command or one of
/// its writes fails, it also has `db.response.status_code` and the status `Error`. Values of
/// documents are not recorded, and neither are error messages, which may quote them.
///
/// If the future of a command is dropped, the client closes the connection and reports this to its
/// `cmap_event_handler`. The span then ends at once, with `traced.cancelled = true`. If you have
/// set your own handler, it is kept, and such a span ends only when the client is dropped, or when
/// 1,024 later commands have not ended either. A `command_event_handler` is replaced.
///
/// # Example
///
/// ```no_run
/// use mongodb::Client;
/// use mongodb::options::ClientOptions;
///
/// # async fn example() -> mongodb::error::Result<()> {
/// let mut options = ClientOptions::parse("mongodb://localhost").await?;
/// traced::mongodb::trace(&mut options);
/// let client = Client::with_options(options)?;
/// # Ok(())
/// # }
/// ```
pub fn trace(options: &mut ClientOptions) {
    let commands = Arc::new(Commands::default());
    let heard = Arc::clone(&commands);
    let handler = EventHandler::callback(move |event| heard.hear(event));
    options.command_event_handler = Some(handler);
    options.cmap_event_handler.get_or_insert_with(|| {
        EventHandler::callback(move |event| {
            if let CmapEvent::ConnectionClosed(closed) = event {
                commands.closed(&closed);
            }
        })
    });
}

/// The commands in progress, by the ids of their requests, which only grow.
#[derive(Default)]
struct Commands(Mutex<BTreeMap<i32, Command>>);

/// The span of a command, and the connection, which no other command uses until this one ends.
struct Command {
    span: BoxedSpan,
    address: ServerAddress,
    connection: u32,
}

impl Commands {
    fn hear(&self, event: CommandEvent) {
        match event {
            CommandEvent::Started(event) => self.started(&event),
            CommandEvent::Succeeded(event) => {
                self.ended(event.request_id, write_error(&event.reply));
            }
            CommandEvent::Failed(event) => self.ended(event.request_id, Some(code(&event.failure))),
            _ => {}
        }
    }

    fn started(&self, event: &CommandStartedEvent) {
        let command = Command {
            span: start(event),
            address: event.connection.address.clone(),
            connection: event.connection.id,
        };
        let mut commands = self.lock();
        let forgotten = (commands.len() >= LIMIT).then(|| commands.pop_first());
        commands.insert(event.request_id, command);
        drop(commands);
        if let Some((_, command)) = forgotten.flatten() {
            command.cancelled();
        }
    }

    fn ended(&self, request: i32, error: Option<String>) {
        let command = self.lock().remove(&request);
        let Some(Command { mut span, .. }) = command else {
            return;
        };
        if let Some(code) = error {
            span.set_attribute(KeyValue::new("db.response.status_code", code.clone()));
            span.set_attribute(KeyValue::new("error.type", code));
            span.set_status(Status::error(""));
        }
        span.end();
    }

    fn closed(&self, event: &ConnectionClosedEvent) {
        if event.reason != ConnectionClosedReason::Dropped {
            return;
        }
        let mut commands = self.lock();
        let sent_there = commands.iter().find(|(_, command)| {
            command.connection == event.connection_id && command.address == event.address
        });
        let request = sent_there.map(|(request, _)| *request);
        let command = request.and_then(|request| commands.remove(&request));
        drop(commands);
        if let Some(command) = command {
            command.cancelled();
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<i32, Command>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Commands {
    fn drop(&mut self) {
        let commands = mem::take(&mut *self.lock());
        commands.into_values().for_each(Command::cancelled);
    }
}

impl Command {
    fn cancelled(mut self) {
        self.span
            .set_attribute(KeyValue::new("traced.cancelled", true));
        self.span.end();
    }
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
    global::tracer_with_scope(scope::own()).build_with_context(builder, &ambient::current())
}

/// Returns the collection of a command, if it has one. Most commands name it as the value of their
/// own key, and `getMore` names it under `collection`.
fn collection<'a>(command: &'a Document, operation: &str) -> Option<&'a str> {
    let named = command.get_str(operation);
    named.or_else(|_| command.get_str("collection")).ok()
}

/// Returns the code of the first write that failed in a command that succeeded.
fn write_error(reply: &Document) -> Option<String> {
    let errors = reply.get_array("writeErrors").ok()?;
    let first = errors.first()?.as_document()?;
    first.get("code").map(Bson::to_string)
}

/// Returns the code that the server sent, or the kind of failure if there was no response.
fn code(error: &Error) -> String {
    match error.kind.as_ref() {
        ErrorKind::Command(error) => error.code.to_string(),
        ErrorKind::Io(_) => "io".to_owned(),
        _ => "_OTHER".to_owned(),
    }
}
