//! `#[traced]` opens an OpenTelemetry span around a function.

mod attributes;
mod call;
mod carrier;
mod current;
mod exception;
mod failure;
#[cfg(any(feature = "init", feature = "testing"))]
mod forest;
mod format;
mod future;
#[cfg(feature = "init")]
mod init;
mod local;
mod names;
#[doc(hidden)]
pub mod private;
mod provider;
mod site;
mod span;
#[cfg(feature = "testing")]
pub mod testing;
mod unwind;
mod value;

pub use opentelemetry;
pub use traced_macros::traced;

pub use carrier::Carrier;
pub use current::{add_event, record_error, set_attribute, span_id, trace_id};
#[cfg(feature = "init")]
pub use init::{Guard, InitError, init};
pub use provider::set_tracer_provider;
pub use value::{Element, ToValue, ValueRef};
