//! `#[traced]` on a function opens an [OpenTelemetry](https://opentelemetry.io) span around it.
//!
//! [`macro@traced`] documents the attribute and all of its options; [`span!`] does the same for a block. The spans go to
//! whichever tracer provider the application sets through [`opentelemetry::global`], so a library can annotate its
//! functions and leave the choice to the application.
//!
//! ```
//! use traced::traced;
//!
//! #[traced(attributes(order.id), ok)]
//! fn process_order(order: &Order) -> Result<(), String> {
//!     let user = fetch_user(order)?;
//!     traced::set_attribute("user.id", user);
//!     Ok(())
//! }
//!
//! #[traced(kind = client)]
//! fn fetch_user(order: &Order) -> Result<u64, String> {
//!     order.user.ok_or_else(|| "order without a user".to_owned())
//! }
//!
//! struct Order {
//!     id: u64,
//!     user: Option<u64>,
//! }
//!
//! process_order(&Order { id: 7, user: Some(1) })?;
//! # Ok::<(), String>(())
//! ```
//!
//! # Features
//!
//! No feature is on by default.
//!
//! - `init`: [`init`](fn@init) sets up a provider from the environment, with the console exporter.
//! - `propagation`: [`propagation`] carries traces across processes, in string maps and the environment. `http`, `tonic`,
//!   `nats`, `lapin` and `kafka` add the headers of these crates.
//! - `context`: [`context`] carries the current span to threads and into closures, futures and streams. `tokio` adds tasks.
//! - `otlp`: [`init`](fn@init) with OTLP, for Jaeger, the OpenTelemetry Collector and all others.
//! - `sdk`: [`sdk`], our own tracer provider, with adaptive sampling. It is part of `init`.
//! - `internal-logs`: warnings of dropped spans and failed exports, through OpenTelemetry's internal log.
//! - `tracing`: [`tracing`](mod@tracing) makes the spans, events and log lines of the crate `tracing` part of the traces.
//! - `logs`: [`tracing::logs`](fn@tracing::logs) turns the events of `tracing` into log records, and [`init`](fn@init) sends
//!   them over OTLP. Exceptions can be log records too.
//! - `tower`: [`tower`](mod@tower) opens spans around HTTP and gRPC requests, in servers and clients. `axum` names them by
//!   its routes.
//! - `reqwest`: [`reqwest`](mod@reqwest) opens spans around the requests of this client.
//! - `mongodb`: [`mongodb`](mod@mongodb) opens spans around the commands of this client.
//! - `root`: [`root`] sets attributes on the local root, which in a server is the span of the request, from anywhere below
//!   it.
//! - `testing`: [`testing`] captures the traces of a test as text.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(all(test, feature = "otlp"))]
extern crate self as traced;

mod ambient;
mod attributes;
pub mod baggage;
mod body;
mod carrier;
mod contain;
#[cfg(feature = "context")]
pub mod context;
#[cfg(feature = "tracing")]
mod describe;
#[cfg(any(feature = "sdk", feature = "testing", feature = "tracing"))]
mod escape;
#[cfg(feature = "otlp")]
mod exporting;
mod generation;
#[cfg(feature = "init")]
mod init;
mod integrations;
mod outcome;
#[doc(hidden)]
pub mod private;
#[cfg(feature = "propagation")]
pub mod propagation;
#[cfg(feature = "sdk")]
pub mod sdk;
mod site;
mod span;
#[cfg(any(feature = "init", feature = "testing"))]
mod span_tree;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "sdk")]
mod warning;

pub use opentelemetry;
#[cfg(feature = "init")]
pub use opentelemetry_sdk;

#[doc = include_str!("span.md")]
#[doc(inline)]
pub use traced_macros::span;
#[doc = include_str!("traced.md")]
#[doc(inline)]
pub use traced_macros::traced;

pub use attributes::{Element, EventAttributes, IntoAttribute, ToValue, ValueRef};
pub use carrier::Carrier;
#[cfg(feature = "otlp")]
pub use init::Protocol;
#[cfg(feature = "init")]
pub use init::{Builder, Guard, InitError, Sampling, builder, init};
#[cfg(feature = "logs")]
pub use integrations::logs::set_logger_provider;
#[cfg(feature = "mongodb")]
pub use integrations::mongodb;
#[cfg(feature = "reqwest")]
pub use integrations::reqwest;
#[cfg(feature = "tower")]
pub use integrations::tower;
#[cfg(feature = "tracing")]
pub use integrations::tracing;
pub use outcome::AnyError;
pub use site::{CallSite, FilterError, Level, call_sites, set_filter};
pub use span::current_span::{
    add_event, add_event_with, add_link, record_error, set_attribute, set_status, span_id,
    trace_id, update_name,
};
#[cfg(feature = "root")]
pub use span::root;
pub use span::tracers::set_tracer_provider;
