//! `#[traced]` on a function opens an [OpenTelemetry](https://opentelemetry.io) span around it,
//! from the call until the function is really over: when it returns, including by `?`, when it
//! panics, and when its future completes or is dropped.
//!
//! An application sets up tracing once and annotates its functions:
//!
//! ```
//! use traced::traced;
//!
//! # #[cfg(not(feature = "init"))]
//! # fn main() {}
//! # #[cfg(feature = "init")]
//! fn main() -> Result<(), traced::InitError> {
//!     let _guard = traced::init()?; // exports what is left when it is dropped
//!     let _ = process_order(&Order { id: 7, user: Some(1) });
//!     Ok(())
//! }
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
//! ```
//!
//! [`init`][fn@init], behind the feature `init`, reads OpenTelemetry's environment variables. If
//! none is set, it prints each trace to standard error as a tree. With the feature `otlp` and
//! `OTEL_TRACES_EXPORTER=otlp`, it sends traces to Jaeger, the OpenTelemetry Collector or any
//! vendor.
//!
//! A library annotates its functions in the same way and leaves the rest to the application. Spans
//! go to whichever tracer provider is set through [`opentelemetry::global`], ours or another.
//! Without one, a call costs a few nanoseconds.
//!
//! # Where to read on
//!
//! - [`macro@traced`] documents the attribute and all of its options. [`span!`] opens a span around
//!   a block.
//! - The [`guide`](mod@guide) has a page for each task: [an axum service](guide::axum_service),
//!   [a library](guide::library), [sampling](guide::sampling), [propagation](guide::propagation),
//!   [together with `tracing`](guide::with_tracing), [moving from it](guide::moving),
//!   [testing](guide::testing), [performance](guide::performance) and [limits](guide::limits).
//! - [`set_attribute`], [`add_event`], [`record_error`] and their neighbors act on the current
//!   span, whoever opened it.
//! - [`init`][fn@init] lists the environment variables, and [`builder`] makes the same settings in
//!   code.
//!
//! # Features
//!
//! No feature is on by default.
//!
//! | feature | what it adds |
//! |---|---|
//! | `init` | [`init`][fn@init]: a provider configured by the environment, which prints traces to the console |
//! | `otlp` | the same with OTLP over HTTP and gRPC |
//! | `sdk` | [`sdk`]: our own tracer provider, with adaptive sampling; part of `init` |
//! | `propagation` | [`propagation`]: traces across processes, in string maps and the environment; part of `init` |
//! | `http`, `tonic`, `nats`, `lapin`, `kafka` | the same in the headers of these crates |
//! | `context`, `tokio` | [`context`]: the current span in threads, closures, futures and streams; in tasks of tokio |
//! | `tracing` | [`tracing`][mod@tracing]: the spans, events and log lines of the crate `tracing` in the traces |
//! | `logs` | [`tracing::logs`][fn@tracing::logs]: events of `tracing`, and exceptions, as log records over OTLP |
//! | `tower`, `axum` | [`tower`][mod@tower]: spans around HTTP and gRPC requests, in servers and clients; named by axum's routes |
//! | `reqwest` | [`reqwest`][mod@reqwest]: spans around the requests of this client |
//! | `mongodb` | [`mongodb`][mod@mongodb]: spans around the commands of this client |
//! | `root` | [`root`]: attributes of the request's span from anywhere below it |
//! | `testing` | [`testing`]: the traces of a test as text |
//! | `internal-logs` | warnings of dropped spans and failed exports through OpenTelemetry's internal log |

// Links to items whose feature is off lead to the published documentation, which has all features.
#![doc = ""]
#![cfg_attr(
    not(feature = "init"),
    doc = "[fn@init]: https://docs.rs/traced/latest/traced/fn.init.html"
)]
#![cfg_attr(
    not(feature = "init"),
    doc = "[`builder`]: https://docs.rs/traced/latest/traced/fn.builder.html"
)]
#![cfg_attr(
    not(feature = "sdk"),
    doc = "[`sdk`]: https://docs.rs/traced/latest/traced/sdk/"
)]
#![cfg_attr(
    not(feature = "propagation"),
    doc = "[`propagation`]: https://docs.rs/traced/latest/traced/propagation/"
)]
#![cfg_attr(
    not(feature = "context"),
    doc = "[`context`]: https://docs.rs/traced/latest/traced/context/"
)]
#![cfg_attr(
    not(feature = "tracing"),
    doc = "[mod@tracing]: https://docs.rs/traced/latest/traced/tracing/"
)]
#![cfg_attr(
    not(feature = "logs"),
    doc = "[fn@tracing::logs]: https://docs.rs/traced/latest/traced/tracing/fn.logs.html"
)]
#![cfg_attr(
    not(feature = "tower"),
    doc = "[mod@tower]: https://docs.rs/traced/latest/traced/tower/"
)]
#![cfg_attr(
    not(feature = "reqwest"),
    doc = "[mod@reqwest]: https://docs.rs/traced/latest/traced/reqwest/"
)]
#![cfg_attr(
    not(feature = "mongodb"),
    doc = "[mod@mongodb]: https://docs.rs/traced/latest/traced/mongodb/"
)]
#![cfg_attr(
    not(feature = "root"),
    doc = "[`root`]: https://docs.rs/traced/latest/traced/root/"
)]
#![cfg_attr(
    not(feature = "testing"),
    doc = "[`testing`]: https://docs.rs/traced/latest/traced/testing/"
)]
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
mod environment;
#[cfg(any(feature = "sdk", feature = "testing", feature = "tracing"))]
mod escape;
#[cfg(feature = "otlp")]
mod exporting;
mod generation;
#[cfg(any(doc, doctest))]
#[cfg_attr(docsrs, doc(auto_cfg = false))]
pub mod guide;
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
#[cfg(any(feature = "sdk", feature = "logs", feature = "testing"))]
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

/// The examples of both READMEs.
#[cfg(all(doctest, feature = "init"))]
mod readme {
    #[doc = include_str!("../../README.md")]
    mod of_the_project {}
    #[doc = include_str!("../README.md")]
    mod of_the_package {}
}
