//! The crates that this one works with, each behind its feature.
//!
//! # How an integration opens spans
//!
//! Integrations open spans through the OpenTelemetry API, and not as traced functions do, because
//! they see a request or a command, but not a body to run. So they work with any provider, and
//! their spans and those of traced functions meet in the context. Their instrumentation scope is
//! `traced`, or `tracing` for the spans of that crate.
//!
//! - [`http`] knows what a request and its response mean for a span, by the semantic conventions.
//!   Its `Exchange` starts with the request and ends with the body of the response. [`tower`] and
//!   [`reqwest`] translate their own types to it.
//! - [`mongodb`] listens to the events of the driver, which offers no way to wrap a command.
//! - [`tracing`] has one layer for each kind of thing that the crate knows: spans, events, and log
//!   records. A formatter adds the ids to log lines.
//! - [`logs`] holds the provider of log records, for which OpenTelemetry has no global one, and
//!   gets the exceptions of traced functions from `outcome`.
//!
//! # Invariants
//!
//! - The other side of a connection must not choose the names of spans, or the values of anything
//!   else that should have only a few.
//! - What may be a secret is not recorded: queries, passwords, documents, and the parts of error
//!   messages that quote them.
//! - An error is recorded as in a traced function (`outcome::exception`), so an error that passes
//!   through a client, a function and a server is recorded once.
//! - A panic in the code of the application or of another crate ends the span and goes on.
//! - The core and `sdk` name no integration.

#[cfg(feature = "tower")]
pub(crate) mod http;
#[cfg(feature = "logs")]
pub(crate) mod logs;
#[cfg(feature = "mongodb")]
pub mod mongodb;
#[cfg(feature = "reqwest")]
pub mod reqwest;
#[cfg(feature = "tower")]
pub mod tower;
#[cfg(feature = "tracing")]
pub mod tracing;
