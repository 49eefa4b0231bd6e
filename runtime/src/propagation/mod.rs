//! Propagation of a trace and its baggage to other processes, in headers.
//!
//! [`inject`] writes the current context to outgoing headers. `#[traced(parent = …)]` and
//! [`extract`] continue the trace of incoming ones. Headers are anything that implements
//! [`Carrier`] and [`CarrierMut`]: string maps, the environment of a process, and, with one feature
//! each, the types of `http`, `tonic`, `async-nats` (`nats`), `lapin` and `rdkafka` (`kafka`).
//! [`from_extractor`] and [`to_injector`] wrap any other type.
//!
//! ```
//! use std::collections::HashMap;
//! use traced::propagation::inject;
//! use traced::traced;
//!
//! #[traced(kind = client)]
//! fn call() -> HashMap<String, String> {
//!     let mut headers = HashMap::new();
//!     inject(&mut headers);
//!     headers
//! }
//!
//! #[traced(kind = server, parent = headers)]
//! fn handle(headers: &HashMap<String, String>) {}
//!
//! handle(&call());
//! ```
//!
//! # Formats
//!
//! The default is `traceparent`, `tracestate` and `baggage`, see [`TraceContext`] and [`Baggage`].
//! [`set_propagator`] chooses others, and [`from_names`] creates them from the names that
//! `OTEL_PROPAGATORS` accepts. All of them are our own: those of `opentelemetry_sdk` accept what
//! W3C forbids, lose what it requires to be kept, and let an attacker decide how much they
//! allocate.
//!
//! # Untrusted headers
//!
//! Headers may hold any bytes, in any length and any number of lines. What is ignored allocates
//! nothing. At most 33 lines and 16 KiB of a `tracestate` are read, and 64 lines and 8 KiB of a
//! `baggage`. A header with more lines is ignored.
//!
//! Reading any set of headers allocates at most 24 KiB in total, unless it contains a `baggage` of
//! more than 28 members or lines. W3C requires that 64 members are kept, and OpenTelemetry's map of
//! members doubles as it grows and cannot be given its size in advance. With 56 members, that is at
//! most 29 KiB in total and 24 KiB at once, and with 64 members, 39 KiB in total and 32 KiB at
//! once. Each other format adds less than half a KiB.

mod b3;
mod baggage;
mod carrier_mut;
mod carriers;
mod choice;
mod headers;
mod hex;
mod jaeger;
mod lines;
mod names;
mod percent;
mod trace_context;
mod tracestate;
mod wrapped;

use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt;

pub use b3::B3;
pub use baggage::Baggage;
pub use carrier_mut::CarrierMut;
pub use carriers::process::Environment;
pub use choice::set_propagator;
pub use jaeger::Jaeger;
pub use names::{UnknownPropagator, from_names};
pub use trace_context::TraceContext;
pub use wrapped::{FromExtractor, ToInjector, from_extractor, to_injector};

use crate::ambient;
use crate::carrier::Carrier;
use headers::Writing;

/// Writes the current context to `carrier`.
///
/// Inside a span, the headers of another trace that `carrier` already has are replaced. Outside of
/// any span they are kept, so a service that opens no spans can pass on the headers that it
/// received.
///
/// # Example
///
/// ```
/// use std::collections::BTreeMap;
///
/// #[traced::traced]
/// fn send() {
///     let mut headers = BTreeMap::new();
///     traced::propagation::inject(&mut headers);
///     // … send them, with `traceparent` and all others
/// }
/// # send();
/// ```
pub fn inject(carrier: &mut (impl CarrierMut + ?Sized)) {
    let context = ambient::current();
    let propagator = choice::propagator();
    if context.span().span_context().is_valid() {
        for name in propagator.fields() {
            carrier.remove(name);
        }
    }
    propagator.inject_context(&context, &mut Writing(carrier));
}

/// Returns the current context with the span that `carrier` holds as a remote parent, and with its
/// baggage.
///
/// If `carrier` has no valid span, the span of the current context stays, and likewise its baggage.
///
/// `#[traced(parent = carrier)]` does the same for a function.
///
/// # Example
///
/// ```
/// use std::collections::HashMap;
/// use opentelemetry::trace::TraceContextExt;
///
/// let headers = HashMap::from([(
///     "traceparent".to_owned(),
///     "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned(),
/// )]);
/// let context = traced::propagation::extract(&headers);
/// assert!(context.span().span_context().is_sampled());
/// ```
#[must_use]
pub fn extract(carrier: &(impl Carrier + ?Sized)) -> Context {
    let current = ambient::current();
    carrier.context(&current).unwrap_or(current)
}
