//! Records: a span as bytes, from its start to its export.
//!
//! # How a record travels
//!
//! A span is never a struct with lists. The thread that runs it writes one buffer from front to
//! back: a header with the ids and times, and then an item for each thing that happens, in the
//! order in which it happens. The [`layout`] says which bytes these are.
//!
//! 1. At the start of the span, [`Record::begin`] fills in the header. The memory comes from the
//!    thread's previous spans, so most spans allocate nothing.
//! 2. While the span is open, attributes, events, links and the status append items. Setting an
//!    attribute again appends it again: looking for the old one would cost more than its bytes.
//!    Only at a limit, attributes that were replaced are taken out (`at_limit`, `compact`).
//! 3. At its end, [`Record::end`] completes the header and pads the record to whole words. The
//!    bytes go to the background thread as they are, see [`export`](super::export).
//! 4. The background thread splits what it drained into [`Ended`] records ([`spans`]), and reads
//!    the items of each as an iterator that borrows (`items`, `read_items`, `read_values`). An OTLP
//!    request is written from them directly. An exporter of OpenTelemetry gets `SpanData`
//!    (`span_data`); keys, scopes and call sites that recur are created only once (`interned`,
//!    `expected_keys`).
//!
//! # Invariants
//!
//! - A record is at most 256 KiB long, unless a name is written when it is nearly full. Attributes,
//!   events and links that do not fit are dropped, and counted in the record. A description that
//!   does not fit is left out.
//! - A record is written and read by the same process, so its call site is a number and the keys of
//!   the call site are indexes. Reading still checks every length: a fault must not panic.
//! - The length of an ended record is a multiple of eight bytes, because the rings hold words.

mod at_limit;
mod compact;
mod ended;
mod expected_keys;
mod interned;
mod items;
pub(crate) mod layout;
mod limits;
mod read_items;
mod read_values;
mod reader;
mod span_data;
mod write_attributes;
mod write_events;
mod write_values;
mod writer;

pub(crate) use ended::{Ended, spans};
pub(crate) use interned::Interned;
#[cfg(feature = "otlp")]
pub(crate) use interned::are_plain;
#[cfg(any(feature = "otlp", feature = "tracing"))]
pub(crate) use items::Failure;
pub(crate) use items::Item;
#[cfg(feature = "otlp")]
pub(crate) use items::{Attributes, Event, Key, Link};
pub(crate) use limits::Limits;
#[cfg(feature = "tracing")]
pub(crate) use read_items::items;
pub(crate) use read_items::places;
#[cfg(feature = "otlp")]
pub(crate) use read_items::{Items, Simple};
#[cfg(any(feature = "otlp", feature = "tracing"))]
pub(crate) use read_values::Stored;
#[cfg(feature = "tracing")]
pub(crate) use reader::Reader;
#[cfg(feature = "otlp")]
pub(crate) use reader::Text;
pub(crate) use write_values::Indexed;
pub(crate) use writer::{Record, Start};
