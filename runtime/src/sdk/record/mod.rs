//! A span as bytes: how they are laid out, written and read.

mod at_limit;
mod compact;
mod ended;
mod expected_keys;
mod interned;
mod items;
pub(crate) mod layout;
mod limits;
mod read_values;
mod write_events;
mod write_values;
mod writer;

#[cfg(feature = "tracing")]
pub(crate) use compact::items;
pub(crate) use compact::places;
pub(crate) use ended::{Ended, spans};
pub(crate) use interned::Known;
#[cfg(feature = "otlp")]
pub(crate) use interned::are_plain;
#[cfg(any(feature = "otlp", feature = "tracing"))]
pub(crate) use items::Failure;
pub(crate) use items::Item;
#[cfg(feature = "tracing")]
pub(crate) use items::Reader;
#[cfg(feature = "otlp")]
pub(crate) use items::{Attributes, Event, Items, Key, Link, Simple};
pub(crate) use limits::Limits;
#[cfg(any(feature = "otlp", feature = "tracing"))]
pub(crate) use read_values::Stored;
#[cfg(feature = "otlp")]
pub(crate) use read_values::Text;
pub(crate) use write_values::Indexed;
pub(crate) use writer::{Record, Start, kind};
