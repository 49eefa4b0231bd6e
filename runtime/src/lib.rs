//! `#[traced]` opens an OpenTelemetry span around a function.

mod attributes;
mod call;
mod carrier;
mod current;
mod exception;
mod failure;
mod filter;
#[cfg(any(feature = "init", feature = "testing"))]
mod forest;
mod format;
mod future;
#[cfg(feature = "init")]
mod init;
mod later;
mod level;
mod local;
mod names;
#[doc(hidden)]
pub mod private;
mod provider;
mod returned;
mod site;
mod span;
mod stream;
#[cfg(feature = "testing")]
pub mod testing;
mod unwind;
mod value;

pub use opentelemetry;
pub use traced_macros::{span, traced};

pub use carrier::Carrier;
pub use current::{add_event, record_error, set_attribute, span_id, trace_id};
pub use filter::{FilterError, set_filter};
#[cfg(feature = "init")]
pub use init::{Guard, InitError, init};
pub use level::Level;
pub use provider::set_tracer_provider;
pub use site::{CallSite, call_sites};
pub use value::{Element, ToValue, ValueRef};
